namespace Outwork.Broker.Sessions;

/// <summary>When a product is demoted, and how it earns its way back. docs/failures.md explains the figures.</summary>
public sealed record ProductStandingOptions
{
    /// <summary>Misses at which a product is no longer asked.</summary>
    public int MissBudget { get; init; } = 8;

    /// <summary>
    /// One miss is forgiven for each of these in which it answers and misses nothing, ms; for twice the longest deadline that it missed
    /// when that is more.
    /// </summary>
    public int ForgiveAfterMs { get; init; } = 5_000;

    /// <summary>Shadow questions to be answered in time, in a row, before it is asked again.</summary>
    public int GoodAnswersNeeded { get; init; } = 3;

    /// <summary>Pause before the first shadow question and after a good answer, ms.</summary>
    public int FirstPauseMs { get; init; } = 500;

    /// <summary>The longest pause: each shadow question that is not answered in time doubles it, ms.</summary>
    public int LongestPauseMs { get; init; } = 60_000;
}
