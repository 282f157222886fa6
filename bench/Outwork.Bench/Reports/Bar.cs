using Outwork.Bench.Observed;

namespace Outwork.Bench.Reports;

/// <summary>One limit that the project has set itself.</summary>
/// <param name="Text">What is limited.</param>
/// <param name="Measured">What was found.</param>
/// <param name="Limit">At most this.</param>
/// <param name="Unit">Of both; empty for ratios.</param>
internal sealed record Bar(string Text, double Measured, double Limit, string Unit)
{
    /// <summary>Judged on the number as it is printed, so that a table never contradicts itself.</summary>
    public bool Met => Rounded(Measured) <= Limit;

    /// <summary>The measured number as printed.</summary>
    public string MeasuredText => $"{Rounded(Measured)}{Suffix}";

    /// <summary>The limit as printed.</summary>
    public string LimitText => $"≤ {Limit}{Suffix}";

    private string Suffix => Unit.Length == 0 ? "" : " " + Unit;

    private static double Rounded(double value) => Math.Round(value, 3);

    /// <summary>Every bar that the report's numbers allow to judge.</summary>
    public static IEnumerable<Bar> Of(BenchReport report) => [.. OfGuarding(report), .. OfContent(report)];

    /// <summary>What judging costs.</summary>
    public static IEnumerable<Bar> OfGuarding(BenchReport report)
    {
        foreach (var workload in report.Workloads)
            foreach (var bar in Of(workload))
                yield return bar;
        if (report.Storm is { } storm)
            yield return new Bar("storm: lost and not counted", storm.LostUncounted, 0, "events");
        if (report.Footprint is not { } footprint)
            yield break;
        foreach (var bar in Resident(footprint))
            yield return bar;
        yield return new Bar("idle, all processes, % of a core", footprint.CpuShare * 100, 0.5, "%");
        yield return new Bar("from `up` to protection on, slowest start", footprint.StartSeconds[^1], 3, "s");
    }

    /// <summary>What new content costs.</summary>
    public static IEnumerable<Bar> OfContent(BenchReport report)
    {
        if (report.Repository is { } repository)
        {
            yield return new Bar($"refresh among {repository.Files} files, processor, slowest", repository.ClientCpuSeconds[^1] * 1e3, 300, "ms");
            yield return new Bar($"refresh among {repository.Files} files, memory, most", repository.ClientResidentBytes[^1] / 1e6, 60, "MB");
            yield return new Bar("verification / bare checks of signatures and digests", repository.Ratio.OfMedians, 1.5, "");
        }
        if (report.Update is not { } update)
            yield break;
        yield return new Bar("swap: starts answered by nobody", update.Wrong, 0, "starts");
        yield return new Bar("swap: longest added wait", update.LongestAddedMs, 50, "ms");
        yield return new Bar("roll back after a failure, slowest", update.FailureSeconds[^1], 1, "s");
        yield return new Bar("roll back by command, slowest", update.CommandSeconds[^1], 1, "s");
    }

    private static IEnumerable<Bar> Of(WorkloadResult workload)
    {
        var warm = workload.Find("warm");
        var uncached = workload.Find("uncached");
        if (workload.Id == "spawn" && warm is not null)
            yield return new Bar("spawn, warm / bare", warm.ToBare.OfMedians, 1.03, "");
        if (workload.Id == "spawn" && uncached is not null)
        {
            yield return new Bar("spawn, uncached / bare", uncached.ToBare.OfMedians, 1.20, "");
            if (uncached.ToResponder is { } limit)
                yield return new Bar("spawn, uncached / C responder", limit.OfMedians, 1.15, "");
            yield return new Bar("spawn, uncached p99 / bare p99", uncached.ToBare.OfP99, 1.5, "");
        }
        if (workload.Id == "open" && warm is not null)
            yield return new Bar("open+close, warm / bare", warm.ToBare.OfMedians, 1.6, "");
        if (workload.Id == "build" && warm is not null)
            yield return new Bar("build, warm / bare", warm.ToBare.OfMedians, 1.03, "");
    }

    private static IEnumerable<Bar> Resident(Footprint footprint)
    {
        (string Name, double Megabytes)[] limits = [("broker", 80), ("warden", 45), ("agent", 90), ("execguard", 90)];
        foreach (var (name, megabytes) in limits)
            if (footprint.Processes.FirstOrDefault(process => process.Name == name) is { } process)
                yield return new Bar($"resident, {name}", process.ResidentBytes / 1e6, megabytes, "MB");
    }
}
