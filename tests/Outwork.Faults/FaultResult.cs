namespace Outwork.Faults;

/// <summary>What one fault cost, as measured.</summary>
public sealed record FaultResult
{
    /// <summary>The fault.</summary>
    public required Fault Fault { get; init; }

    /// <summary>Counters that tell of a loss, and by how much they grew; empty when nothing was lost.</summary>
    public required IReadOnlyDictionary<string, ulong> Lost { get; init; }

    /// <summary>How long what a rule denies was let through.</summary>
    public required TimeSpan Unprotected { get; init; }

    /// <summary>How long the opinion of the product that was hit was missing (rules with on-failure closed refused).</summary>
    public required TimeSpan WithoutProduct { get; init; }

    /// <summary>The same of a product that was not hit.</summary>
    public required TimeSpan WithoutBystander { get; init; }

    /// <summary>How long the control socket gave no answer.</summary>
    public required TimeSpan WithoutControl { get; init; }

    /// <summary>The longest operation of another program.</summary>
    public required TimeSpan LongestWait { get; init; }

    /// <summary>Which operation that was.</summary>
    public required ProbeOperation LongestOperation { get; init; }

    /// <summary>Operations that failed though nothing denies them.</summary>
    public required IReadOnlyList<ProbeSample> Failed { get; init; }

    /// <summary>Operations in all while it lasted.</summary>
    public required int Operations { get; init; }

    /// <summary>From the repair, or without one from the beginning, until everything judged again; null when that did not happen.</summary>
    public required TimeSpan? Recovery { get; init; }

    /// <summary>Kernel objects, processes and descriptors that were not there before.</summary>
    public required IReadOnlyList<string> Leftovers { get; init; }

    /// <summary>What Outwork wrote to its log meanwhile.</summary>
    public required string Log { get; init; }
}
