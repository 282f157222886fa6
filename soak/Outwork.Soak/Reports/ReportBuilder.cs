using Outwork.Soak.Judging;
using Outwork.Soak.Planning;
using Outwork.Soak.Statistics;

namespace Outwork.Soak.Reports;

/// <summary>The tables of a report from what was collected.</summary>
internal static class ReportBuilder
{
    /// <summary>Faults by kind.</summary>
    public static IReadOnlyList<FaultRow> Faults(IEnumerable<FaultWindow> windows) =>
    [
        .. windows.GroupBy(window => window.Fault.Kind).OrderBy(group => group.Key).Select(group => new FaultRow(
            group.Key.ToString(),
            group.Count(),
            ThirdsComparison.Median([.. group.Select(window => window.Back.TotalSeconds)]),
            group.Max(window => window.Back.TotalSeconds),
            group.Max(window => window.LongestWait.TotalMilliseconds),
            group.Max(window => window.OpenFor.TotalSeconds),
            group.Sum(window => window.RuleAllowed),
            group.Sum(window => window.ProductAllowed))),
    ];

    /// <summary>Kinds that were not done.</summary>
    public static IReadOnlyList<string> NotDone(IEnumerable<FaultWindow> windows) =>
        [.. FaultTraits.Kinds.Except(windows.Select(window => window.Fault.Kind)).Select(kind => kind.ToString())];

    /// <summary>Operations by kind.</summary>
    public static IReadOnlyList<WaitRow> Waits(WaitJudge waits, SoakClock clock) =>
    [
        .. waits.Longest.Values.OrderBy(sample => WorkKinds.IsControl(sample.Kind)).ThenBy(sample => sample.Kind, StringComparer.Ordinal)
            .Select(sample => new WaitRow(sample.Kind, waits.Counts[sample.Kind], sample.Longest.TotalMilliseconds, clock.Since(sample.Begun).TotalSeconds)),
    ];
}
