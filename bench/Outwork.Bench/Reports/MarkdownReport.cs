using System.Text;
using Outwork.Bench.Observed;
using Outwork.Bench.Repositories;
using Outwork.Bench.Running;
using Outwork.Bench.Updates;

namespace Outwork.Bench.Reports;

/// <summary>The report as the sections of docs/benchmarks.md between their markers: one on guarding, one on content.</summary>
internal static class MarkdownReport
{
    private const string Guarding = "guarding";
    private const string Content = "content";

    /// <summary>Replaces what stands between the markers of what was measured; all else stays as it is.</summary>
    /// <exception cref="BenchFailedException">The document has no such section.</exception>
    public static string Replace(string document, BenchReport report)
    {
        if (report.Workloads.Count > 0 || report.Storm is not null || report.Footprint is not null)
            document = Replace(document, Guarding, RenderGuarding(report));
        if (report.Repository is not null || report.Update is not null)
            document = Replace(document, Content, RenderContent(report));
        return document;
    }

    /// <summary>First line of a section.</summary>
    internal static string Begin(string section) => $"<!-- begin: {section}, written by outwork bench -->";

    /// <summary>Last line of a section.</summary>
    internal static string End(string section) => $"<!-- end: {section}, written by outwork bench -->";

    private static string Replace(string document, string name, string section)
    {
        var begin = document.IndexOf(Begin(name), StringComparison.Ordinal);
        var end = document.IndexOf(End(name), StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            throw new BenchFailedException($"The document has no line \"{Begin(name)}\" with a line \"{End(name)}\" after it.");
        return document[..(begin + Begin(name).Length)] + "\n\n" + section.TrimEnd('\n') + "\n\n" + document[end..];
    }

    private static string RenderGuarding(BenchReport report)
    {
        var text = Head(report, $", peer: {report.Machine.Peer}");
        foreach (var workload in report.Workloads)
            Append(text, workload);
        if (report.Storm is { } storm)
            Append(text, storm);
        if (report.Footprint is { } footprint)
            Append(text, footprint);
        AppendBars(text, [.. Bar.OfGuarding(report)]);
        foreach (var remark in report.Remarks)
            text.Append($"\n{remark}\n");
        return text.ToString();
    }

    private static string RenderContent(BenchReport report)
    {
        var text = Head(report, "");
        if (report.Repository is { } repository)
            Append(text, repository);
        if (report.Update is { } update)
            Append(text, update);
        AppendBars(text, [.. Bar.OfContent(report)]);
        return text.ToString();
    }

    private static StringBuilder Head(BenchReport report, string more)
    {
        var machine = report.Machine;
        var text = new StringBuilder();
        text.Append($"Made with `{report.CommandLine}` on {machine.Distribution}, Linux {machine.Kernel}, {machine.Cores} cores ");
        text.Append($"({machine.Processor}), {machine.MemoryGiB} GiB, {machine.Runtime}{more}.\n");
        if (report.Quick)
            text.Append("\nA quick run: too short to judge the bars by.\n");
        return text;
    }

    private static void Append(StringBuilder text, RepositoryResult repository)
    {
        text.Append($"\n### A repository of {repository.Files} files in {repository.Bins} bins\n\n");
        text.Append($"A device that has only the root fetches {Format.Number(repository.MetadataBytes / 1e3, "0")} kB of metadata for one file and checks {repository.Signatures} signatures (ECDSA P-256).\n\n");
        text.Append("| | median | largest |\n|---|---|---|\n");
        text.Append($"| client process, refresh and one file: processor | {Milliseconds(Middle(repository.ClientCpuSeconds) * 1e3)} | {Milliseconds(repository.ClientCpuSeconds[^1] * 1e3)} |\n");
        text.Append($"| client process: memory | {Format.Number(Middle([.. repository.ClientResidentBytes.Select(static bytes => (double)bytes)]) / 1e6, "0.0")} MB | {Format.Number(repository.ClientResidentBytes[^1] / 1e6, "0.0")} MB |\n");
        text.Append($"| verification alone, in a process that runs | {Format.Time(repository.Verification.Median)} | p99 {Format.Time(repository.Verification.P99)} |\n");
        text.Append($"\nVerification to the bare checks: {Format.Ratio(repository.Ratio)}, rounds {Format.Rounds(repository.Ratio)}.\n");
    }

    private static void Append(StringBuilder text, UpdateResult update)
    {
        text.Append($"\n### New content\n\n{update.Swaps} versions put in force while {update.Starts} programs were started, each a new file that the product was asked about. ");
        text.Append($"Starts with another outcome than every version says: {update.Wrong}.\n\n| | median | largest |\n|---|---|---|\n");
        text.Append($"| a start, swaps left out | {Milliseconds(update.MedianNs / 1e6)} | {Milliseconds(update.LongestElsewhereNs / 1e6)} |\n");
        text.Append($"| the longest start around a swap | {Milliseconds(Middle(update.LongestAtSwapNs) / 1e6)} | {Milliseconds(update.LongestAtSwapNs[^1] / 1e6)} |\n");
        text.Append($"| taken back after the product's process died: until the last known good judges | {Milliseconds(Middle(update.FailureSeconds) * 1e3)} | {Milliseconds(update.FailureSeconds[^1] * 1e3)} |\n");
        text.Append($"| taken back by `content rollback`: until the last known good judges | {Milliseconds(Middle(update.CommandSeconds) * 1e3)} | {Milliseconds(update.CommandSeconds[^1] * 1e3)} |\n");
    }

    private static double Middle(IReadOnlyList<double> ascending) => ascending[ascending.Count / 2];

    private static string Milliseconds(double value) => Format.Number(value, value < 10 ? "0.00" : "0") + " ms";

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
