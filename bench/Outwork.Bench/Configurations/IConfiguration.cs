namespace Outwork.Bench.Configurations;

/// <summary>Something that may judge what the workloads do, started and stopped around each slice of a round.</summary>
internal interface IConfiguration
{
    /// <summary>Stable id, for --configurations and JSON.</summary>
    string Id { get; }

    /// <summary>Name in tables.</summary>
    string Name { get; }

    /// <summary>Returns once it answers; disposing the result ends it and waits until nothing of it is left.</summary>
    Task<IAsyncDisposable> StartAsync(CancellationToken cancel);
}
