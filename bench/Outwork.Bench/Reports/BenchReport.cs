using Outwork.Bench.Observed;
using Outwork.Bench.Repositories;
using Outwork.Bench.Statistics;
using Outwork.Bench.Updates;

namespace Outwork.Bench.Reports;

/// <summary>One configuration's line in a workload's table.</summary>
/// <param name="Id">The configuration.</param>
/// <param name="Name">Its name.</param>
/// <param name="Summary">Its samples, nanoseconds.</param>
/// <param name="ToBare">Against nothing installed.</param>
/// <param name="ToResponder">Against the C responder, where there is one.</param>
internal sealed record ConfigurationResult(
    string Id, string Name, SampleSummary Summary, RatioEstimate ToBare, RatioEstimate? ToResponder);

/// <summary>One workload's table.</summary>
internal sealed record WorkloadResult(string Id, string Name, int Rounds, IReadOnlyList<ConfigurationResult> Configurations)
{
    /// <summary>The line of a configuration, or null when it was not measured.</summary>
    public ConfigurationResult? Find(string configuration) => Configurations.FirstOrDefault(line => line.Id == configuration);
}

/// <summary>Everything one run found.</summary>
internal sealed record BenchReport
{
    /// <summary>What it ran on.</summary>
    public required MachineFacts Machine { get; init; }

    /// <summary>The command that makes such a report.</summary>
    public required string CommandLine { get; init; }

    /// <summary>True when the run was too short to judge bars by.</summary>
    public required bool Quick { get; init; }

    /// <summary>Workloads measured.</summary>
    public List<WorkloadResult> Workloads { get; } = [];

    /// <summary>The storm, when it was run.</summary>
    public StormResult? Storm { get; set; }

    /// <summary>At rest and at start, when measured.</summary>
    public Footprint? Footprint { get; set; }

    /// <summary>Following a large repository, when measured.</summary>
    public RepositoryResult? Repository { get; set; }

    /// <summary>Changes of content, when measured.</summary>
    public UpdateResult? Update { get; set; }

    /// <summary>What could not be measured, and why.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>Makes the table of a workload from its interleaved samples.</summary>
    public static WorkloadResult Tabulate(
        Workloads.IWorkload workload, IReadOnlyList<Configurations.IConfiguration> configurations, List<double[]>[] samples, int seed)
    {
        var bare = IndexOf(configurations, "bare");
        var responder = IndexOf(configurations, "responder");
        var lines = configurations.Select((configuration, index) => new ConfigurationResult(
            configuration.Id,
            configuration.Name,
            SampleSummary.Of(samples[index]),
            RatioEstimate.Of(samples[index], samples[bare], new Random(seed)),
            responder < 0 ? null : RatioEstimate.Of(samples[index], samples[responder], new Random(seed))));
        return new WorkloadResult(workload.Id, workload.Name, samples[0].Count, [.. lines]);
    }

    private static int IndexOf(IReadOnlyList<Configurations.IConfiguration> configurations, string id)
    {
        for (var i = 0; i < configurations.Count; i++)
            if (configurations[i].Id == id)
                return i;
        return -1;
    }
}
