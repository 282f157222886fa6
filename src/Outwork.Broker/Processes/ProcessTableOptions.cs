namespace Outwork.Broker.Processes;

/// <summary>Bounds of a <see cref="ProcessTable"/>.</summary>
public sealed record ProcessTableOptions
{
    /// <summary>Processes alive at once; more are told of but not kept.</summary>
    public int MaxAlive { get; init; } = 65_536;

    /// <summary>Ended processes kept for explanations; the oldest go first.</summary>
    public int MaxEnded { get; init; } = 8_192;

    /// <summary>How long ended processes are kept.</summary>
    public TimeSpan KeepEnded { get; init; } = TimeSpan.FromMinutes(10);
}
