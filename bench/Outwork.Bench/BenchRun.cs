using Outwork.Bench.Configurations;
using Outwork.Bench.Guarded;
using Outwork.Bench.Observed;
using Outwork.Bench.Reports;
using Outwork.Bench.Repositories;
using Outwork.Bench.Running;
using Outwork.Bench.Updates;
using Outwork.Bench.Workloads;

namespace Outwork.Bench;

/// <summary>One whole run: every part that was asked for, on one guarded mount.</summary>
internal sealed class BenchRun(BenchOptions options, GuardedMount mount, TimeProvider time, Action<string> progress)
{
    // The bootstrap's seed: fixed, so that the same samples give the same interval.
    private const int Seed = 20_240_719;
    private const int BuildFiles = 200;
    private const int QuickBuildFiles = 40;

    private readonly InterleavedRun interleaved = new(time, progress);
    private readonly OutworkConfiguration warm = new(options, mount, "warm", "Outwork, warm", "warm.yaml");

    /// <summary>Measures and reports.</summary>
    public async Task<BenchReport> RunAsync(string commandLine, CancellationToken cancel)
    {
        var report = new BenchReport
        {
            Machine = await MachineFacts.ReadAsync(cancel),
            CommandLine = commandLine,
            Quick = options.Quick,
        };
        if (!mount.HasFapolicyd)
            report.Remarks.Add("fapolicyd is not installed (apt-get install fapolicyd): the peer was not measured.");

        foreach (var workload in Workloads().Where(workload => options.Parts.Contains(workload.Id)))
        {
            var configurations = Chosen(Configurations(workload.Id));
            var samples = await interleaved.MeasureAsync(workload, configurations, options.Rounds, cancel);
            report.Workloads.Add(BenchReport.Tabulate(workload, configurations, samples, Seed));
        }
        if (options.Parts.Contains("storm") && IsChosen(warm))
            report.Storm = await new StormRun(warm, mount, options, time, progress).MeasureAsync(cancel);
        if (options.Parts.Contains("idle") && IsChosen(warm))
            report.Footprint = await new FootprintRun(warm, options, time, progress).MeasureAsync(cancel);
        if (options.Parts.Contains("repository") && IsChosen(warm))
            report.Repository = await new RepositoryRun(options, mount, time, progress, Seed).MeasureAsync(cancel);
        if (options.Parts.Contains("update") && IsChosen(warm))
            report.Update = await new UpdateRun(options, mount, time, progress).MeasureAsync(cancel);
        return report;
    }

    private IEnumerable<IWorkload> Workloads() =>
    [
        new SampledWorkload(mount, "spawn", "Spawn and wait for a small program", "/bench/spawnbench", "/bench/small", options.Operations),
        new SampledWorkload(mount, "open", "Open and close a file", "/bench/openbench", "/bench/opened", options.Operations * 10),
        new BuildWorkload(mount, options.Quick ? QuickBuildFiles : BuildFiles, time),
    ];

    // The responder asks for what the workload raises and no more; Outwork and fapolicyd always guard both kinds.
    private IEnumerable<IConfiguration> Configurations(string workload)
    {
        yield return new BareConfiguration();
        var mode = workload switch { "spawn" => "exec", "open" => "open", _ => "both" };
        yield return new ResponderConfiguration(mount, "responder", "C responder", "--mode", mode);
        if (workload == "spawn")
            yield return new ResponderConfiguration(mount, "responder-ask", "C responder that asks a second process", "--mode", mode, "--ask", mount.SmallProgram);
        else
            yield return new ResponderConfiguration(mount, "responder-cache", "C responder with ignore marks", "--mode", mode, "--cache");
        yield return warm;
        yield return new OutworkConfiguration(options, mount, "uncached", "Outwork, uncached", "uncached.yaml", "answer-at-once=outwork-answer-at-once");
        if (mount.HasFapolicyd)
            yield return new FapolicydConfiguration(mount, time);
    }

    // Bare stays in: everything is told as a ratio to it.
    private List<IConfiguration> Chosen(IEnumerable<IConfiguration> all) =>
        [.. all.Where(configuration => configuration is BareConfiguration || IsChosen(configuration))];

    private bool IsChosen(IConfiguration configuration) =>
        options.Configurations.Count == 0 || options.Configurations.Contains(configuration.Id);
}
