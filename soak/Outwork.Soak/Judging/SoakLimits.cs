namespace Outwork.Soak.Judging;

/// <summary>What is allowed.</summary>
internal sealed record SoakLimits
{
    /// <summary>The deadline of every rule in the soak's policy that asks a product.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>On top of any limit of waiting: the deadline guard looks every 20 ms, and two processes have to wake up.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait while the broker is hit.</summary>
    public TimeSpan BrokerWait { get; init; } = TimeSpan.FromMilliseconds(2_500);

    /// <summary>A kind of operation that is silent for this long is stuck.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A product judges again, with the shortest back-off.</summary>
    public TimeSpan ProductBack { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The broker judges again, from the beginning of the fault.</summary>
    public TimeSpan BrokerBack { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How much later than the limit an end is waited for before the soak goes on without it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How much of memory, descriptors and marks may be more in the last third than in the first.</summary>
    public double Growth { get; init; } = 0.05;
}
