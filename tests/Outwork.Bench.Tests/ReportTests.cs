using Outwork.Bench.Observed;
using Outwork.Bench.Reports;
using Outwork.Bench.Repositories;
using Outwork.Bench.Running;
using Outwork.Bench.Statistics;
using Outwork.Bench.Updates;

namespace Outwork.Bench.Tests;

public sealed class ReportTests
{
    private static readonly MachineFacts Machine = new("6.1.0", 2, "Processor", 24, "Debian", ".NET 10", "fapolicyd 1");

    private const string Guarding = "<!-- begin: guarding, written by outwork bench -->\nold\n<!-- end: guarding, written by outwork bench -->";
    private const string Content = "<!-- begin: content, written by outwork bench -->\nold\n<!-- end: content, written by outwork bench -->";

    [Fact]
    public void Only_the_sections_that_were_measured_are_replaced()
    {
        var report = Report();
        report.Update = Update;

        var replaced = MarkdownReport.Replace($"before\n{Guarding}\nbetween\n{Content}\nafter\n", report);

        Assert.StartsWith($"before\n{Guarding}\nbetween\n", replaced, StringComparison.Ordinal);
        Assert.EndsWith("<!-- end: content, written by outwork bench -->\nafter\n", replaced, StringComparison.Ordinal);
        Assert.DoesNotContain("old", replaced[replaced.IndexOf("between", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Equal(replaced, MarkdownReport.Replace(replaced, report));
    }

    [Theory]
    [InlineData("no markers")]
    [InlineData("<!-- end: content, written by outwork bench -->\n<!-- begin: content, written by outwork bench -->")]
    public void Document_without_the_section_is_refused(string document)
    {
        var report = Report();
        report.Update = Update;

        Assert.Throws<BenchFailedException>(() => MarkdownReport.Replace(document, report));
    }

    [Fact]
    public void Content_section_tells_repository_update_and_bars()
    {
        var report = Report();
        report.Repository = new RepositoryResult(100_000, 1024, 150_000, 5, [0.2, 0.21, 0.25], [50_000_000, 55_000_000, 61_000_000], new SampleSummary(1500, 900_000, 1_200_000, 950_000),
            new RatioEstimate(1.4, 1.5, 1.3, 1.5, 1.35, 1.45));
        report.Update = Update;

        var section = MarkdownReport.Replace(Content, report);

        Assert.Contains("| client process, refresh and one file: processor | 210 ms | 250 ms |", section, StringComparison.Ordinal);
        Assert.Contains("| refresh among 100000 files, memory, most | 61 MB | ≤ 60 MB | **not met** |", section, StringComparison.Ordinal);
        Assert.Contains("| swap: longest added wait | 39 ms | ≤ 50 ms | met |", section, StringComparison.Ordinal);
        Assert.Contains("| roll back after a failure, slowest | 0.9 s | ≤ 1 s | met |", section, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.03, true)]
    [InlineData(1.0304, true)]
    [InlineData(1.0306, false)]
    public void Bar_is_judged_on_the_number_that_is_printed(double measured, bool met)
    {
        var bar = new Bar("spawn", measured, 1.03, "");

        Assert.Equal(met, bar.Met);
        Assert.Equal(met, bar.MeasuredText == "1.03");
    }

    [Fact]
    public void Bars_name_a_spawn_that_costs_too_much_and_one_that_does_not()
    {
        var report = Report();
        report.Workloads.Add(new WorkloadResult("spawn", "Spawn", 5, [Line("bare", 1, 1), Line("warm", 1.04, 1), Line("uncached", 1.10, 1.6)]));

        var bars = Bar.Of(report).ToDictionary(bar => bar.Text, bar => bar.Met);

        Assert.False(bars["spawn, warm / bare"]);
        Assert.True(bars["spawn, uncached / bare"]);
        Assert.True(bars["spawn, uncached / C responder"]);
        Assert.False(bars["spawn, uncached p99 / bare p99"]);
    }

    [Fact]
    public void Storm_events_neither_seen_nor_counted_break_the_bar()
    {
        var report = Report();
        report.Storm = Storm(new() { ["telemetry.seen.fork"] = 100, ["telemetry.seen.exec"] = 90, ["telemetry.lost.exec"] = 9, ["telemetry.seen.exit"] = 100, ["auth.answers"] = 50 });

        Assert.Equal(1UL, report.Storm.LostUncounted);
        Assert.False(Assert.Single(Bar.Of(report)).Met);
    }

    [Fact]
    public void Storm_events_lost_and_counted_do_not_break_the_bar()
    {
        var storm = Storm(new() { ["telemetry.seen.fork"] = 100, ["telemetry.seen.exec"] = 90, ["telemetry.lost.exec"] = 10, ["telemetry.seen.exit"] = 140, ["auth.answers"] = 51 });

        Assert.Equal(0UL, storm.LostUncounted);
    }

    [Fact]
    public void Section_tells_machine_command_tables_and_bars()
    {
        var report = Report();
        report.Workloads.Add(new WorkloadResult("spawn", "Spawn", 5, [Line("bare", 1, 1), Line("warm", 1.01, 1.2)]));
        report.Footprint = new Footprint([new ProcessFootprint("broker", 60_000_000, 0.001)], 30, [1.5, 2.5]);
        report.Remarks.Add("A remark.");

        var section = MarkdownReport.Replace(Guarding, report);

        Assert.Contains("`./outwork bench`", section, StringComparison.Ordinal);
        Assert.Contains("Linux 6.1.0, 2 cores (Processor), 24 GiB", section, StringComparison.Ordinal);
        Assert.Contains("| warm | 500 µs | 1.010 (1.00 to 1.02) | 0.90 to 1.10 | 1.05 | 900 µs | 1.20 |", section, StringComparison.Ordinal);
        Assert.Contains("| resident, broker | 60 MB | ≤ 80 MB | met |", section, StringComparison.Ordinal);
        Assert.Contains("| from `up` to protection on, slowest start | 2.5 s | ≤ 3 s | met |", section, StringComparison.Ordinal);
        Assert.Contains("A remark.", section, StringComparison.Ordinal);
    }

    private static UpdateResult Update => new(2, 5_000, 0, 1e6, 8e6, [20e6, 40e6], [0.4, 0.9], [0.3]);

    private static BenchReport Report() => new() { Machine = Machine, CommandLine = "./outwork bench", Quick = false };

    private static StormResult Storm(Dictionary<string, ulong> counters) =>
        new() { Seconds = 1, Spawns = 100, Opens = 50, Counters = counters, ToldInGaps = 0 };

    private static ConfigurationResult Line(string id, double ratio, double p99) => new(
        id, id, new SampleSummary(15_000, 500_000, 900_000, 520_000), new RatioEstimate(ratio, p99, 0.9, 1.1, ratio - 0.01, ratio + 0.01),
        new RatioEstimate(1.05, 1.05, 1, 1.1, 1, 1.1));
}
