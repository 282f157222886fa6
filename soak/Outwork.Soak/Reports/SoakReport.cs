using Outwork.Bench.Reports;
using Outwork.Soak.Judging;

namespace Outwork.Soak.Reports;

/// <summary>What one kind of fault cost.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Times">How often it was done.</param>
/// <param name="MedianBackSeconds">From the fault, or the end of its cause, until all was back.</param>
/// <param name="LongestBackSeconds">The longest.</param>
/// <param name="LongestWaitMilliseconds">The longest wait of an operation meanwhile.</param>
/// <param name="LongestOpenSeconds">The longest time in which what a rule denies ran.</param>
/// <param name="RuleAllowed">Programs that ran though a rule denies them.</param>
/// <param name="ProductAllowed">Programs that ran though the product denies them: its rule's on-failure is "open".</param>
internal sealed record FaultRow(
    string Kind, int Times, double MedianBackSeconds, double LongestBackSeconds, double LongestWaitMilliseconds, double LongestOpenSeconds,
    int RuleAllowed, int ProductAllowed);

/// <summary>How long one kind of operation took.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Count">Operations.</param>
/// <param name="LongestMilliseconds">The longest.</param>
/// <param name="AtSeconds">When that began, since the soak's beginning.</param>
internal sealed record WaitRow(string Kind, long Count, double LongestMilliseconds, double AtSeconds);

/// <summary>Everything one soak found.</summary>
internal sealed record SoakReport
{
    /// <summary>What it ran on.</summary>
    public required MachineFacts Machine { get; init; }

    /// <summary>What its plan followed from.</summary>
    public required int Seed { get; init; }

    /// <summary>The command that does it again.</summary>
    public required string Again { get; init; }

    /// <summary>How long it ran.</summary>
    public required double Minutes { get; init; }

    /// <summary>True when it was ended before its time.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>Faults by kind, in the order of the kinds.</summary>
    public required IReadOnlyList<FaultRow> Faults { get; init; }

    /// <summary>Kinds of faults that were never done.</summary>
    public required IReadOnlyList<string> NotDone { get; init; }

    /// <summary>Operations by kind; control operations last.</summary>
    public required IReadOnlyList<WaitRow> Waits { get; init; }

    /// <summary>Builds and storms that ended, and the longest build.</summary>
    public required int Builds { get; init; }

    /// <summary>Seconds.</summary>
    public required double LongestBuildSeconds { get; init; }

    /// <summary>Storms that ended.</summary>
    public required int Storms { get; init; }

    /// <summary>Programs that ran because their product was demoted and its rule's on-failure is "open".</summary>
    public required int AllowedWhileDemoted { get; init; }

    /// <summary>Events told as lost, where count and gaps were compared, and in how many comparisons there were any.</summary>
    public required ulong LossTold { get; init; }

    /// <summary>Comparisons in which something had been lost.</summary>
    public required int LossCompared { get; init; }

    /// <summary>Last third against first third.</summary>
    public required IReadOnlyList<FlatnessRow> Flatness { get; init; }

    /// <summary>What did not hold, in order; at most a hundred.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>What Outwork itself said of denials that did not hold.</summary>
    public required IReadOnlyList<string> Explanations { get; init; }

    /// <summary>All of them.</summary>
    public required int ViolationCount { get; init; }

    /// <summary>The longest wait of any operation on the guarded mount.</summary>
    public WaitRow? Longest => Waits.Where(static row => !WorkKinds.IsControl(row.Kind)).MaxBy(static row => row.LongestMilliseconds);
}
