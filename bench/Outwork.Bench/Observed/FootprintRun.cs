using Outwork.Bench.Configurations;
using Outwork.Contracts.Control;

namespace Outwork.Bench.Observed;

/// <summary>One process of Outwork at rest.</summary>
/// <param name="Name">Its role, or the product's name.</param>
/// <param name="ResidentBytes">VmRSS after the idle time.</param>
/// <param name="CpuShare">Share of one core over the idle time.</param>
internal sealed record ProcessFootprint(string Name, long ResidentBytes, double CpuShare);

/// <summary>What Outwork takes when nothing happens, and how long it takes to start.</summary>
/// <param name="Processes">Each process.</param>
/// <param name="IdleSeconds">How long it was watched.</param>
/// <param name="StartSeconds">From starting `outwork up` to its protection line, each start, ascending.</param>
internal sealed record Footprint(IReadOnlyList<ProcessFootprint> Processes, double IdleSeconds, IReadOnlyList<double> StartSeconds)
{
    /// <summary>All processes' share of one core.</summary>
    public double CpuShare => Processes.Sum(process => process.CpuShare);
}

/// <summary>Measures <see cref="Footprint"/>.</summary>
internal sealed class FootprintRun(OutworkConfiguration outwork, BenchOptions options, TimeProvider time, Action<string> progress)
{
    // The runtimes compile what is used often anew within their first seconds.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(20);

    /// <summary>Starts Outwork some times, then watches the last one at rest.</summary>
    public async Task<Footprint> MeasureAsync(CancellationToken cancel)
    {
        var starts = new List<double>();
        for (var i = 1; i < options.Starts; i++)
        {
            progress($"idle: start {i}/{options.Starts}");
            await using var running = await TimedStartAsync(starts, cancel);
        }
        progress($"idle: start {options.Starts}/{options.Starts}, then {options.Idle.TotalSeconds:0} s at rest");
        await using var resting = await TimedStartAsync(starts, cancel);
        var status = await ControlClient.StatusAsync(outwork.RunDirectory, cancel);
        await Task.Delay(Settle, time, cancel);
        var processes = await WatchAsync(status.Processes, cancel);
        return new Footprint(processes, options.Idle.TotalSeconds, [.. starts.Order()]);
    }

    private async Task<IAsyncDisposable> TimedStartAsync(List<double> starts, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        var running = await outwork.StartAsync(cancel);
        starts.Add(time.GetElapsedTime(start).TotalSeconds);
        return running;
    }

    private async Task<List<ProcessFootprint>> WatchAsync(ProcessStatus[] processes, CancellationToken cancel)
    {
        var before = Array.ConvertAll(processes, process => ProcessUsage.Of(process.Pid));
        var start = time.GetTimestamp();
        await Task.Delay(options.Idle, time, cancel);
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        var footprints = new List<ProcessFootprint>();
        foreach (var (process, earlier) in processes.Zip(before))
        {
            var usage = ProcessUsage.Of(process.Pid);
            var share = Math.Max(usage.CpuNs - earlier.CpuNs, 0) / 1e9 / seconds;
            footprints.Add(new ProcessFootprint(process.Name, usage.ResidentBytes, share));
        }
        return footprints;
    }
}
