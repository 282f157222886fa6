using System.Globalization;
using Outwork.Bench.Configurations;
using Outwork.Bench.Guarded;
using Outwork.Contracts.Control;

namespace Outwork.Bench.Observed;

/// <summary>What a storm did, and what Outwork says of it.</summary>
internal sealed record StormResult
{
    /// <summary>Length, seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Programs started and waited for.</summary>
    public required ulong Spawns { get; init; }

    /// <summary>Opens of files never answered for before.</summary>
    public required ulong Opens { get; init; }

    /// <summary>Every counter that rose, by how much.</summary>
    public required IReadOnlyDictionary<string, ulong> Counters { get; init; }

    /// <summary>Events lost on their way to a subscriber, each told to it in a gap.</summary>
    public required ulong ToldInGaps { get; init; }

    /// <summary>Forks, starts and exits of programs seen by the sensors.</summary>
    public ulong Seen(string kind) => Counters.GetValueOrDefault(StormCounters.Seen + kind);

    /// <summary>Events of a kind that the sensors lost and counted.</summary>
    public ulong CountedLost(string kind) => Counters.GetValueOrDefault(StormCounters.Lost + kind);

    /// <summary>AUTH events answered; starts of the program are not among them once the kernel has its answer.</summary>
    public ulong Answered => Counters.GetValueOrDefault(StormCounters.Answered);

    /// <summary>
    /// Events that happened and were neither seen nor counted as lost: the number that must be 0. Each spawn is one fork,
    /// one exec and one exit; each open is one AUTH event.
    /// </summary>
    public ulong LostUncounted =>
        Missing(Spawns, Seen("fork") + CountedLost("fork"))
        + Missing(Spawns, Seen("exec") + CountedLost("exec"))
        + Missing(Spawns, Seen("exit") + CountedLost("exit"))
        + Missing(Opens, Answered);

    private static ulong Missing(ulong happened, ulong known) => happened > known ? happened - known : 0;
}

/// <summary>Names of the counters in status that the storm is judged by.</summary>
internal static class StormCounters
{
    /// <summary>Followed by fork, exec or exit.</summary>
    public const string Seen = "telemetry.seen.";

    /// <summary>Followed by fork, exec or exit.</summary>
    public const string Lost = "telemetry.lost.";

    /// <summary>AUTH events answered, of both kinds.</summary>
    public const string Answered = "auth.answers";
}

/// <summary>Spawns and opens as fast as the machine can while Outwork guards, and compares the counts of both sides.</summary>
internal sealed class StormRun(OutworkConfiguration outwork, GuardedMount mount, BenchOptions options, TimeProvider time, Action<string> progress)
{
    private const int StormProcesses = 4;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs one storm.</summary>
    public async Task<StormResult> MeasureAsync(CancellationToken cancel)
    {
        progress($"storm: {options.Storm.TotalSeconds:0} s of spawns and opens from {StormProcesses} processes");
        await using var running = await outwork.StartAsync(cancel);
        var before = await ControlClient.StatusAsync(outwork.RunDirectory, cancel);
        string[] arguments = ["/bench/small", "/tmp", options.Storm.TotalSeconds.ToString("0", CultureInfo.InvariantCulture), StormProcesses.ToString()];
        var done = Parse(await mount.RunInsideAsync("/bench/storm", arguments, cancel));
        var after = await DrainAsync(cancel);

        var earlier = before.Counters.ToDictionary(counter => counter.Name, counter => counter.Value);
        return new StormResult
        {
            Seconds = options.Storm.TotalSeconds,
            Spawns = done["spawns"],
            Opens = done["opens"],
            Counters = after.Counters
                .Where(counter => counter.Value > earlier.GetValueOrDefault(counter.Name))
                .ToDictionary(counter => counter.Name, counter => counter.Value - earlier.GetValueOrDefault(counter.Name)),
            ToldInGaps = Lost(after) - Lost(before),
        };
    }

    /// <summary>From storm's output: a name and a number a line.</summary>
    internal static Dictionary<string, ulong> Parse(string output) =>
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
            .ToDictionary(words => words[0], words => ulong.Parse(words[1], CultureInfo.InvariantCulture));

    private static ulong Lost(StatusSnapshot status) =>
        status.Products.Aggregate(0UL, (sum, product) => sum + product.Lost);

    // The stream is behind the storm: wait until the counters of two looks agree on what was seen.
    private async Task<StatusSnapshot> DrainAsync(CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        var last = await ControlClient.StatusAsync(outwork.RunDirectory, cancel);
        for (;;)
        {
            await Task.Delay(Poll, time, cancel);
            var next = await ControlClient.StatusAsync(outwork.RunDirectory, cancel);
            if (Total(next) == Total(last) || time.GetElapsedTime(start) > DrainLimit)
                return next;
            last = next;
        }
    }

    private static ulong Total(StatusSnapshot status) =>
        status.Counters.Where(counter => counter.Name.StartsWith(StormCounters.Seen, StringComparison.Ordinal))
            .Aggregate(0UL, (sum, counter) => sum + counter.Value);
}
