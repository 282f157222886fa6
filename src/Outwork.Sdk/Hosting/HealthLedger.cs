using Outwork.Contracts.Products;

namespace Outwork.Sdk.Hosting;

/// <summary>
/// What is wrong in the host's eyes and what the product says of itself, made one state: the worse of the two. Told only
/// when it changes, so that a product that fails at every question does not flood the broker. Thread-safe.
/// </summary>
internal sealed class HealthLedger(Action<ProductHealth, string> tell)
{
    private readonly Lock _gate = new();
    private readonly string?[] _faults = new string?[Enum.GetValues<HostFault>().Length];
    private (ProductHealth Health, string Message) _own = (ProductHealth.Healthy, "");
    private (ProductHealth Health, string Message) _told;

    public void Own(ProductHealth health, string message)
    {
        lock (_gate)
        {
            _own = (health, message);
            Tell();
        }
    }

    /// <summary>Tells the state of this moment to a broker that knows nothing.</summary>
    public void Repeat()
    {
        lock (_gate)
        {
            _told = default;
            Tell();
        }
    }

    public void Fault(HostFault fault, string message)
    {
        lock (_gate)
        {
            // Of failing calls the first message of a row stays, or every one would be told; of content the last one counts.
            if (fault == HostFault.Content || _faults[(int)fault] is null)
                _faults[(int)fault] = message;
            Tell();
        }
    }

    public void Cleared(HostFault fault)
    {
        // Looked at without the gate: the path of every answered question.
        if (Volatile.Read(ref _faults[(int)fault]) is null)
            return;
        lock (_gate)
        {
            _faults[(int)fault] = null;
            Tell();
        }
    }

    private void Tell()
    {
        string? fault = Array.Find(_faults, message => message is not null);
        (ProductHealth, string) now = fault is null || _own.Health == ProductHealth.Failing ? _own : (ProductHealth.Degraded, fault);
        if (now == _told)
            return;
        _told = now;
        tell(now.Item1, now.Item2);
    }
}

/// <summary>What the host itself sees go wrong in a product.</summary>
internal enum HostFault
{
    /// <summary>It refused new content; what was in force still is.</summary>
    Content = 0,

    /// <summary>It could not judge the last question.</summary>
    Judging = 1,

    /// <summary>It could not observe the last notification.</summary>
    Observing = 2,
}
