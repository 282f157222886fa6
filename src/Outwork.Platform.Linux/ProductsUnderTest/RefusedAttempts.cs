using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Sandbox;

namespace Outwork.Platform.Linux.ProductsUnderTest;

/// <summary>The system calls that a confined product tried and was refused. Somebody must take them, or their callers wait: the thread that tests.</summary>
/// <param name="reporter">Where the launcher passes the listener; owned.</param>
/// <param name="user">The confined product's user.</param>
public sealed class RefusedAttempts(SafeFileHandle reporter, uint user) : IDisposable
{
    private const int AnsweredInATurn = 64;
    private const int MostKinds = 256;

    private readonly AttemptReport _report = new(reporter, user);
    private readonly Dictionary<string, int> _calls = new(StringComparer.Ordinal);
    private RefusedCallListener? _listener;
    private bool _ended;

    /// <summary>Watch it, and call <see cref="Take"/> when it is readable; null when nothing will come any more.</summary>
    public SafeHandle? Handle => _ended ? null : _listener?.Handle ?? reporter;

    /// <summary>How many so far.</summary>
    public int Count => _calls.Values.Sum();

    /// <summary>Which, for people, the most frequent first.</summary>
    public string Describe() => string.Join(", ", _calls.OrderByDescending(static call => call.Value).Select(static call => $"{call.Key} ({call.Value})"));

    /// <summary>Takes what is there, and answers it; never waits.</summary>
    public void Take()
    {
        if (_ended)
            return;
        if (_listener is null)
        {
            _listener = _report.TryTake(out _ended);
            return;
        }

        for (int i = 0; i < AnsweredInATurn; i++)
        {
            CallAnswer answer = _listener.Answer(out RefusedCall? refused);
            _ended = answer == CallAnswer.Ended;
            if (answer is CallAnswer.None or CallAnswer.Ended)
                return;
            if (refused is { } call)
                Keep(call);
        }
    }

    private void Keep(RefusedCall call)
    {
        string what = call.Target.Length == 0 ? call.Name : $"{call.Name} of {call.Target}";

        // A product can make up any number of targets.
        if (_calls.Count >= MostKinds && !_calls.ContainsKey(what))
            what = call.Name;
        _calls[what] = _calls.GetValueOrDefault(what) + 1;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener?.Dispose();
        _report.Dispose();
        reporter.Dispose();
    }
}
