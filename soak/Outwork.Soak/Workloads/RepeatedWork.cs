using Outwork.Bench.Running;
using Outwork.Soak.Judging;
using Outwork.Soak.Running;

namespace Outwork.Soak.Workloads;

/// <summary>
/// What runs beside the probe inside the small root: a build with make -j2, and storms of short processes. Each run that fails is a
/// violation; how long one takes as a whole is reported, and not judged, because it depends on the machine.
/// </summary>
internal sealed class RepeatedWork(SoakMount mount, SoakClock clock, ViolationLog violations)
{
    private const string StormSeconds = "2";
    private const string StormProcesses = "6";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Builds that ended.</summary>
    public int Builds { get; private set; }

    /// <summary>The longest build.</summary>
    public TimeSpan LongestBuild { get; private set; }

    /// <summary>Storms that ended.</summary>
    public int Storms { get; private set; }

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                long start = clock.Now;
                if (await TryAsync("make clean", "/usr/bin/make", ["-s", "-C", "/bench/tree", "clean"], cancel)
                    && await TryAsync("make", "/usr/bin/make", ["-s", "-j2", "-C", "/bench/tree", "all"], cancel))
                {
                    Builds++;
                    TimeSpan took = SoakClock.Between(start, clock.Now);
                    LongestBuild = took > LongestBuild ? took : LongestBuild;
                }
                await Task.Delay(Pause, clock.Time, cancel);
                if (await TryAsync("storm", "/bench/storm", ["/bench/small", "/tmp", StormSeconds, StormProcesses], cancel))
                    Storms++;
                await Task.Delay(Pause, clock.Time, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // The soak is over.
        }
    }

    private async Task<bool> TryAsync(string name, string program, string[] arguments, CancellationToken cancel)
    {
        try
        {
            await mount.RunInsideAsync(program, arguments, cancel);
            return true;
        }
        catch (BenchFailedException failure) when (!cancel.IsCancellationRequested)
        {
            violations.Add(Invariant.WorkSucceeds, clock.Now, $"{name} failed: {failure.Message.Trim()}");
            return false;
        }
    }
}
