using System.Text;
using Outwork.Bench.Observed;
using Outwork.Bench.Running;

namespace Outwork.Bench.Reports;

/// <summary>The report as the section of docs/benchmarks.md between its two markers.</summary>
internal static class MarkdownReport
{
    /// <summary>First line of the section.</summary>
    public const string Begin = "<!-- begin: written by outwork bench -->";

    /// <summary>Last line of the section.</summary>
    public const string End = "<!-- end: written by outwork bench -->";

    /// <summary>Replaces what stands between the markers; all else stays as it is.</summary>
    /// <exception cref="BenchFailedException">The document has no such section.</exception>
    public static string Replace(string document, string section)
    {
        var begin = document.IndexOf(Begin, StringComparison.Ordinal);
        var end = document.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            throw new BenchFailedException($"The document has no line \"{Begin}\" with a line \"{End}\" after it.");
        return document[..(begin + Begin.Length)] + "\n\n" + section.TrimEnd('\n') + "\n\n" + document[end..];
    }

    /// <summary>The section.</summary>
    public static string Render(BenchReport report)
    {
        var text = new StringBuilder();
        var machine = report.Machine;
        text.Append($"Made with `{report.CommandLine}` on {machine.Distribution}, Linux {machine.Kernel}, {machine.Cores} cores ");
        text.Append($"({machine.Processor}), {machine.MemoryGiB} GiB, {machine.Runtime}, peer: {machine.Peer}.\n");
        if (report.Quick)
            text.Append("\nA quick run: too short to judge the bars by.\n");
        foreach (var workload in report.Workloads)
            Append(text, workload);
        if (report.Storm is { } storm)
            Append(text, storm);
        if (report.Footprint is { } footprint)
            Append(text, footprint);
        AppendBars(text, [.. Bar.Of(report)]);
        foreach (var remark in report.Remarks)
            text.Append($"\n{remark}\n");
        return text.ToString();
    }

    private static void Append(StringBuilder text, WorkloadResult workload)
    {
        var first = workload.Configurations[0].Summary;
        text.Append($"\n### {workload.Name}\n\n{workload.Rounds} interleaved rounds, {first.Count} operations each.\n\n");
        text.Append("| | median | / bare (95 %) | rounds | / C responder | p99 | p99 / bare |\n|---|---|---|---|---|---|---|\n");
        foreach (var line in workload.Configurations)
        {
            text.Append($"| {line.Name} | {Format.Time(line.Summary.Median)} | {Format.Ratio(line.ToBare)} | {Format.Rounds(line.ToBare)} ");
            text.Append($"| {(line.ToResponder is { } limit ? Format.Plain(limit.OfMedians) : "")} ");
            text.Append($"| {Format.P99(line)} | {Format.P99Ratio(line)} |\n");
        }
    }

    private static void Append(StringBuilder text, StormResult storm)
    {
        text.Append($"\n### Storm\n\n{storm.Seconds:0} s of spawns and opens as fast as the cores can: {storm.Spawns} programs started, ");
        text.Append($"{storm.Opens} opens of new files.\n\n");
        text.Append("| | happened | seen or answered | lost and counted |\n|---|---|---|---|\n");
        foreach (var kind in new[] { "fork", "exec", "exit" })
            text.Append($"| {kind} | {storm.Spawns} | {storm.Seen(kind)} | {storm.CountedLost(kind)} |\n");
        text.Append($"| AUTH open | {storm.Opens} | {storm.Answered} | 0 |\n");
        text.Append($"\nLost and not counted: {storm.LostUncounted}. Lost on the way to a subscriber and told to it as a gap: {storm.ToldInGaps}.\n");
        text.Append("What is seen is more than what the storm did: the machine did other things too.\n");
    }

    private static void Append(StringBuilder text, Footprint footprint)
    {
        text.Append($"\n### At rest\n\nAfter {footprint.IdleSeconds:0} s without work.\n\n| process | resident | % of a core |\n|---|---|---|\n");
        foreach (var process in footprint.Processes)
            text.Append($"| {process.Name} | {process.ResidentBytes / 1e6:0} MB | {process.CpuShare * 100:0.00} |\n");
        var starts = string.Join(", ", footprint.StartSeconds.Select(seconds => Format.Number(seconds, "0.00")));
        text.Append($"\nFrom `up` to protection on: {starts} s.\n");
    }

    private static void AppendBars(StringBuilder text, IReadOnlyCollection<Bar> bars)
    {
        if (bars.Count == 0)
            return;
        text.Append("\n### Bars\n\n| | measured | bar | |\n|---|---|---|---|\n");
        foreach (var bar in bars)
            text.Append($"| {bar.Text} | {bar.MeasuredText} | {bar.LimitText} | {(bar.Met ? "met" : "**not met**")} |\n");
    }
}
