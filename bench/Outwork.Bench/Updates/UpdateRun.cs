using System.Text;
using Outwork.Bench.Configurations;
using Outwork.Bench.Guarded;
using Outwork.Bench.Observed;
using Outwork.Bench.Repositories;
using Outwork.Bench.Running;
using Outwork.Contracts.Control;

namespace Outwork.Bench.Updates;

/// <summary>What a change of content costs those who are judged meanwhile.</summary>
/// <param name="Swaps">Contents that were put in force.</param>
/// <param name="Starts">Programs that were started meanwhile, each asked about.</param>
/// <param name="Wrong">Starts with another outcome than both contents say: answered by nobody.</param>
/// <param name="MedianNs">Median time of a start that is asked about, swaps left out.</param>
/// <param name="LongestElsewhereNs">The longest of those.</param>
/// <param name="LongestAtSwapNs">The longest start around each swap, ascending.</param>
/// <param name="FailureSeconds">From the end of the product's process until what the last known good refuses is refused again, ascending.</param>
/// <param name="CommandSeconds">The same from the administrator's `content rollback`, ascending.</param>
internal sealed record UpdateResult(
    int Swaps, int Starts, int Wrong, double MedianNs, double LongestElsewhereNs,
    IReadOnlyList<double> LongestAtSwapNs, IReadOnlyList<double> FailureSeconds, IReadOnlyList<double> CommandSeconds)
{
    /// <summary>How much longer the longest start at any swap took than the median one.</summary>
    public double LongestAddedMs => (LongestAtSwapNs[^1] - MedianNs) / 1e6;
}

/// <summary>Publishes version after version to a device that works, and takes some of them back.</summary>
internal sealed class UpdateRun(BenchOptions options, GuardedMount mount, TimeProvider time, Action<string> progress)
{
    private const string Product = "execguard";
    private const int Allowed = 0;
    private const int Refused = 1;
    private const int NewlyAllowed = 2;
    private const int OnTrialSeconds = 3;
    private const string Always = "outwork-bench-always-refused";
    private const string Before = "outwork-bench-refused-by-the-last-known-good";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // After so long of health a product that ends is started again with the shortest delay.
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(31);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    // The step is written down before the product has read what is new.
    private static readonly (ulong Before, ulong After) Around = (200_000_000, 2_000_000_000);

    private readonly BenchPublisher publisher = new(OutworkConfiguration.Executable(options), Path.Combine(options.Work, "publisher"));
    private int minor;

    private int Swaps => options.Quick ? 2 : 10;

    private int Returns => options.Quick ? 1 : 3;

    // Not on the guarded mount: what is refused there cannot even be read there.
    private string[] Programs => [mount.SmallProgram, Path.Combine(options.Work, "refused"), Path.Combine(options.Work, "newly-allowed")];

    /// <summary>Runs it all on one start of Outwork.</summary>
    public async Task<UpdateResult> MeasureAsync(CancellationToken cancel)
    {
        progress("update: a repository and the first version");
        await publisher.InitialiseAsync(cancel);
        await MakeProgramAsync(Programs[Refused], Always, cancel);
        await MakeProgramAsync(Programs[NewlyAllowed], Before, cancel);
        using var server = new FolderServer(publisher.Public);
        var updates = await publisher.WriteUpdatesAsync(Path.Combine(options.Work, "device"), server.Address, OnTrialSeconds, cancel);
        var outwork = new OutworkConfiguration(options, mount, "update", "Outwork, updated", "warm.yaml") { Updates = updates, Limit = TimeSpan.FromMinutes(15) };
        await using var running = await outwork.StartAsync(cancel);
        await CommitAsync(outwork, [Always, Before], cancel);

        using var log = new StartLog(mount.SpawnWatch, Path.Combine(options.Work, "starts"), mount.Outside("/tmp"));
        log.Start(Programs[Allowed], Programs[Refused]);
        for (var i = 1; i <= Swaps; i++)
        {
            progress($"update: swap {i}/{Swaps}");
            await CommitAsync(outwork, [Always, Before, $"never-in-any-file-{i}"], cancel);
        }
        var starts = await log.StopAsync(cancel);
        var swaps = (await HistoryAsync(outwork, cancel)).Where(static step => step.Event == "activated").Skip(1).Select(static step => (ulong)step.TimeUnixNs).ToArray();

        var failures = await ReturnAsync(outwork, "failure", KillAsync, cancel);
        var commands = await ReturnAsync(outwork, "command", RollBackAsync, cancel);
        return Tell(swaps, starts, failures, commands);
    }

    /// <summary>Tells apart what happened around swaps and elsewhere.</summary>
    internal static UpdateResult Tell(IReadOnlyList<ulong> swaps, IReadOnlyList<ProgramStart> starts, IReadOnlyList<double> failures, IReadOnlyList<double> commands)
    {
        bool IsAround(ProgramStart start, ulong swap) => start.EndedUnixNs + Around.Before >= swap && start.BeganUnixNs <= swap + Around.After;
        var elsewhere = starts.Where(start => !swaps.Any(swap => IsAround(start, swap))).Select(static start => (double)start.TookNs).Order().ToArray();
        var longest = swaps.Select(swap => starts.Where(start => IsAround(start, swap)).Max(static start => (double)start.TookNs));
        return new UpdateResult(
            swaps.Count, starts.Count, starts.Count(static start => start.Ran != (start.Program == Allowed)),
            Statistics.Quantile.Of(elsewhere, 0.5), elsewhere[^1], [.. longest.Order()], [.. failures.Order()], [.. commands.Order()]);
    }

    // A version that allows what the one before refuses comes into force and is taken back.
    private async Task<List<double>> ReturnAsync(OutworkConfiguration outwork, string by, Func<OutworkConfiguration, CancellationToken, Task> takeBack, CancellationToken cancel)
    {
        var seconds = new List<double>();
        for (var i = 1; i <= Returns; i++)
        {
            progress($"update: taken back by {by} {i}/{Returns}");
            var version = await PublishAsync([Always], cancel);
            await UntilAsync(outwork, version, static slot => slot.InForce && slot.Phase == "onTrial", cancel);
            using var log = new StartLog(mount.SpawnWatch, Path.Combine(options.Work, "starts"), mount.Outside("/tmp"));
            log.Start(Programs[NewlyAllowed]);
            // The product has read it when its new answer is seen.
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancel);
            var from = (ulong)(time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
            await takeBack(outwork, cancel);
            await UntilAsync(outwork, version, static slot => slot.Phase == "rolledBack", cancel);
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancel);
            seconds.Add(UntilRefused(await log.StopAsync(cancel), from));
            if (i < Returns)
                await Task.Delay(Healthy, time, cancel);
        }
        return seconds;
    }

    /// <summary>From a moment until the end of the last start that ran.</summary>
    internal static double UntilRefused(IReadOnlyList<ProgramStart> starts, ulong from)
    {
        if (starts.Count == 0 || starts[^1].Ran || !starts.Any(start => start.Ran && start.BeganUnixNs < from))
            throw new BenchFailedException("What the new content allows did not run with it, or still runs without it.");
        var last = starts.Last(static start => start.Ran).EndedUnixNs;
        return last <= from ? 0 : (last - from) / 1e9;
    }

    private static async Task KillAsync(OutworkConfiguration outwork, CancellationToken cancel)
    {
        var status = await ControlClient.StatusAsync(outwork.RunDirectory, cancel);
        var pid = status.Processes.Single(static process => process is { Role: "product", Name: Product }).Pid;
        await Command.RunAsync("/bin/kill", ["-KILL", $"{pid}"], cancel);
    }

    private Task RollBackAsync(OutworkConfiguration outwork, CancellationToken cancel) => Command.RunAsync(
        OutworkConfiguration.Executable(options), ["content", "rollback", Product, "--reason", "bench", "--socket", Path.Combine(outwork.RunDirectory, "control.sock")], cancel);

    private async Task CommitAsync(OutworkConfiguration outwork, string[] words, CancellationToken cancel) =>
        await UntilAsync(outwork, await PublishAsync(words, cancel), static slot => slot.InForce && slot.Phase == "committed", cancel);

    private async Task<string> PublishAsync(string[] words, CancellationToken cancel)
    {
        var version = $"1.{minor++}.0";
        await publisher.PublishAsync(version, words, cancel);
        return version;
    }

    private async Task UntilAsync(OutworkConfiguration outwork, string version, Func<ContentSlotStatus, bool> condition, CancellationToken cancel)
    {
        for (var start = time.GetTimestamp(); ; await Task.Delay(Poll, time, cancel))
        {
            var content = (await ControlClient.AskAsync(outwork.RunDirectory, new ControlRequest { Operation = ControlOperations.ContentList, Product = Product }, cancel)).Contents?.FirstOrDefault();
            if (content is null)
                continue;
            if (content.Slots.Any(slot => slot.Version == version && condition(slot)))
                return;
            if (time.GetElapsedTime(start) > Patience || content.Denied.Any(denied => denied.Version == version))
                throw new BenchFailedException($"{version} did not get where it should: {string.Join("; ", (await HistoryAsync(outwork, cancel)).Select(static step => step.Text))}");
        }
    }

    private static async Task<ContentStep[]> HistoryAsync(OutworkConfiguration outwork, CancellationToken cancel) =>
        (await ControlClient.AskAsync(outwork.RunDirectory, new ControlRequest { Operation = ControlOperations.ContentHistory, Product = Product }, cancel)).Steps ?? [];

    // The small program with a word behind its end, where no loader looks.
    private async Task MakeProgramAsync(string path, string word, CancellationToken cancel)
    {
        await File.WriteAllBytesAsync(path, [.. await File.ReadAllBytesAsync(Programs[Allowed], cancel), .. Encoding.UTF8.GetBytes(word)], cancel);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }
}
