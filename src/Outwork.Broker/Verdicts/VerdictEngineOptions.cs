namespace Outwork.Broker.Verdicts;

/// <summary>Limits of the engine. All are counts unless the name says otherwise.</summary>
public sealed record VerdictEngineOptions
{
    /// <summary>Products that one rule may ask.</summary>
    public const int MaxProductsPerQuestion = 8;

    /// <summary>Events that may wait at once; each holds a descriptor. Further ones get the rule's on-failure.</summary>
    public int MaxPending { get; init; } = 512;

    /// <summary>Of these, how many may be judged ahead of need.</summary>
    public int MaxPrejudging { get; init; } = 32;

    /// <summary>Contents remembered.</summary>
    public int CacheCapacity { get; init; } = 32_768;

    /// <summary>Decisions remembered for explain.</summary>
    public int DecisionRingCapacity { get; init; } = 8_192;

    /// <summary>A file opened as data this often is judged ahead of need, so that the system may let it through alone.</summary>
    public int PrejudgeAfterOpens { get; init; } = 2;

    /// <summary>
    /// Content changed less than this before the event is not remembered, since a change within one tick of the file
    /// system's clock leaves no trace in its times. ms; a kernel's tick is at most 10.
    /// </summary>
    public int SettleMs { get; init; } = 20;

    /// <summary>How long after an execution was allowed the open that belongs to it may come, ms.</summary>
    public int FollowUpMs { get; init; } = 2_000;

    /// <summary>Time a question asked ahead of need has, ms.</summary>
    public int PrejudgeDeadlineMs { get; init; } = 30_000;
}
