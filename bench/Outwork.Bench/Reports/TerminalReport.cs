using Spectre.Console;

namespace Outwork.Bench.Reports;

/// <summary>The report for a person in front of a terminal.</summary>
internal static class TerminalReport
{
    // Where the width is unknown (a file, a pipe) Spectre takes 80 columns, which breaks every cell.
    private const int NarrowestWidth = 132;

    /// <summary>Prints all tables.</summary>
    public static void Print(IAnsiConsole console, BenchReport report)
    {
        console.Profile.Width = Math.Max(console.Profile.Width, NarrowestWidth);
        foreach (var workload in report.Workloads)
            console.Write(Table(workload));
        if (report.Storm is { } storm)
        {
            console.WriteLine($"Storm: {storm.Spawns} programs started, {storm.Opens} new files opened in {storm.Seconds:0} s; seen: "
                + $"{storm.Seen("fork")} forks, {storm.Seen("exec")} execs, {storm.Seen("exit")} exits; answered: {storm.Answered} opens; "
                + $"lost and counted: {storm.CountedLost("fork") + storm.CountedLost("exec") + storm.CountedLost("exit")}; "
                + $"lost and not counted: {storm.LostUncounted}; told in gaps: {storm.ToldInGaps}.");
        }
        if (report.Footprint is { } footprint)
        {
            var table = new Table().Title("At rest").AddColumn("process").AddColumn(Right("resident")).AddColumn(Right("% of a core"));
            foreach (var process in footprint.Processes)
                table.AddRow(Markup.Escape(process.Name), $"{process.ResidentBytes / 1e6:0} MB", $"{process.CpuShare * 100:0.00}");
            console.Write(table);
        }
        if (report.Repository is { } repository)
        {
            console.WriteLine($"Repository: {repository.Files} files in {repository.Bins} bins; {repository.MetadataBytes / 1000} kB of metadata and {repository.Signatures} signatures for one file; "
                + $"verification {Format.Time(repository.Verification.Median)}, {Format.Ratio(repository.Ratio)} x the bare checks.");
        }
        if (report.Update is { } update)
        {
            console.WriteLine($"Update: {update.Swaps} swaps, {update.Starts} starts, {update.Wrong} wrong; a start takes {Format.Time(update.MedianNs)}, the longest {Format.Time(update.LongestElsewhereNs)}; "
                + $"around swaps at most {string.Join(", ", update.LongestAtSwapNs.Select(Format.Time))}.");
        }
        PrintBars(console, [.. Bar.Of(report)], report.Quick);
        foreach (var remark in report.Remarks)
            console.WriteLine(remark);
    }

    private static Table Table(WorkloadResult workload)
    {
        var table = new Table().Title(Markup.Escape($"{workload.Name}: {workload.Rounds} rounds")).AddColumn("").AddColumn(Right("median")).AddColumn(Right("/ bare (95 %)"))
            .AddColumn(Right("rounds")).AddColumn(Right("/ C responder")).AddColumn(Right("p99")).AddColumn(Right("p99 / bare"));
        foreach (var line in workload.Configurations)
        {
            table.AddRow(
                Markup.Escape(line.Name), Format.Time(line.Summary.Median), Format.Ratio(line.ToBare), Format.Rounds(line.ToBare),
                line.ToResponder is { } limit ? Format.Plain(limit.OfMedians) : "", Format.P99(line), Format.P99Ratio(line));
        }
        return table;
    }

    private static void PrintBars(IAnsiConsole console, IReadOnlyCollection<Bar> bars, bool quick)
    {
        if (bars.Count == 0)
            return;
        var table = new Table().Title(quick ? "Bars (a quick run: not judged by it)" : "Bars")
            .AddColumn("").AddColumn(Right("measured")).AddColumn(Right("bar")).AddColumn("");
        foreach (var bar in bars)
            table.AddRow(Markup.Escape(bar.Text), bar.MeasuredText, bar.LimitText, bar.Met ? "[green]met[/]" : "[red]not met[/]");
        console.Write(table);
    }

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned();
}
