namespace Outwork.Bench.Workloads;

/// <summary>What is timed in interleaved rounds.</summary>
internal interface IWorkload
{
    /// <summary>One of <see cref="BenchOptions.AllParts"/>.</summary>
    string Id { get; }

    /// <summary>Heading in the report.</summary>
    string Name { get; }

    /// <summary>Warms up, measures, and returns one time for each operation, in nanoseconds.</summary>
    Task<double[]> RunAsync(CancellationToken cancel);
}
