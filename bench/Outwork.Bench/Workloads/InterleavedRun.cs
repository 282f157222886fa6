using Outwork.Bench.Configurations;
using Outwork.Bench.Statistics;

namespace Outwork.Bench.Workloads;

/// <summary>Measures one workload under several configurations, side by side: every round visits each of them once.</summary>
internal sealed class InterleavedRun(TimeProvider time, Action<string> progress)
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(500);

    /// <summary>Returns the samples, one array a round, in the order of <paramref name="configurations"/>.</summary>
    public async Task<List<double[]>[]> MeasureAsync(
        IWorkload workload, IReadOnlyList<IConfiguration> configurations, int rounds, CancellationToken cancel)
    {
        var samples = configurations.Select(_ => new List<double[]>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var index in RoundOrder.Of(round, configurations.Count))
            {
                var configuration = configurations[index];
                progress($"{workload.Id}: round {round + 1}/{rounds}, {configuration.Name}");
                await using var running = await configuration.StartAsync(cancel);
                // The same pause for all: what a start leaves to be done is not the workload's cost.
                await Task.Delay(Settle, time, cancel);
                samples[index].Add(await workload.RunAsync(cancel));
            }
        }
        return samples;
    }
}
