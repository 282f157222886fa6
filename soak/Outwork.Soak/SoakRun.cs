using Outwork.Bench.Running;
using Outwork.Contracts.Control;
using Outwork.Soak.Injection;
using Outwork.Soak.Judging;
using Outwork.Soak.Observed;
using Outwork.Soak.Planning;
using Outwork.Soak.Reports;
using Outwork.Soak.Running;
using Outwork.Soak.Workloads;
using MachineFacts = Outwork.Bench.Reports.MachineFacts;

namespace Outwork.Soak;

/// <summary>One whole soak on a mount that is ready.</summary>
internal sealed class SoakRun : IDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan GonePatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly SoakOptions options;
    private readonly SoakMount mount;
    private readonly ProgressLine progress;
    private readonly SoakLimits limits = new();
    private readonly SoakClock clock;
    private readonly FaultTimeline timeline;
    private readonly ViolationLog violations;
    private readonly WorkJudge work;
    private readonly WaitJudge waits;
    private readonly LossLedger losses;
    private readonly string runDirectory;
    private readonly List<string> explanations = [];
    private readonly Lock gate = new();
    private readonly CancellationTokenSource ending = new();
    private long interruptions;

    public SoakRun(SoakOptions options, SoakMount mount, SoakClock clock, ProgressLine progress)
    {
        (this.options, this.mount, this.clock, this.progress) = (options, mount, clock, progress);
        runDirectory = Path.Combine(options.Work, "run");
        timeline = new FaultTimeline(clock);
        violations = new ViolationLog(clock, timeline, Tell);
        work = new WorkJudge(timeline, violations);
        waits = new WaitJudge(limits, clock, timeline, violations);
        losses = new LossLedger(violations);
    }

    /// <summary>What the instance printed. To be read when <see cref="RunAsync"/> has ended, however it did.</summary>
    public string InstanceLog { get; private set; } = "";

    /// <summary>Soaks until the time is over or <paramref name="cancel"/> says so, and reports what was done either way.</summary>
    public async Task<SoakReport> RunAsync(CancellationToken cancel)
    {
        var leftovers = new Leftovers(options.Work, runDirectory);
        await using SoakInstance instance = await SoakInstance.StartAsync(options, mount, cancel);
        var roles = new RoleTracker(clock, instance.Root);
        var status = new StatusWatch(clock, runDirectory);
        var lossWatch = new LossWatch(clock, runDirectory);
        var sampler = new ResourceSampler(clock, roles);
        var repeated = new RepeatedWork(mount, clock, violations);
        try
        {
            await WaitUntilReadyAsync(status, cancel);
            await using var probe = new WorkProbe(mount, clock);
            clock.Begin();
            progress.Say("soak: Outwork guards; work and faults begin");
            Task told = probe.RunAsync(Take);
            Task[] background =
            [
                roles.RunAsync(ending.Token),
                status.RunAsync(answer => TakeStatus(answer, roles, lossWatch), ending.Token),
                lossWatch.RunAsync(ending.Token),
                sampler.RunAsync(ending.Token),
                LookAsync(leftovers, instance),
                progress.RunAsync(Describe, ending.Token),
            ];
            TimeSpan length;
            using (var over = CancellationTokenSource.CreateLinkedTokenSource(cancel))
            {
                over.CancelAfter(options.Length);
                Task working = repeated.RunAsync(over.Token);
                Task faults = new FaultRunner(
                    new FaultInjector(instance, mount, roles), timeline, new RecoveryJudge(limits, clock, roles, violations), roles, status, clock)
                    .RunAsync(SoakPlanner.Plan(options.Seed, options.Length, options.Pace), over.Token);
                try
                {
                    await UntilOverAsync([told, faults, .. background], over.Token);
                }
                finally
                {
                    await over.CancelAsync();
                    await Task.WhenAll(working, faults);
                }
                length = clock.Elapsed;
            }
            await Task.Delay(Settle, clock.Time, CancellationToken.None);
            probe.Stop();
            await told;
            lock (gate)
                waits.Look(final: true);
            leftovers.Note(instance.Root);
            await EndAsync(background);
            await instance.DisposeAsync();
            await FindLeftoversAsync(leftovers);
            return Report(length, cancel.IsCancellationRequested, repeated, sampler, await MachineFacts.ReadAsync(CancellationToken.None));
        }
        finally
        {
            await ending.CancelAsync();
            InstanceLog = instance.Printed;
        }
    }

    public void Dispose() => ending.Dispose();

    private void Tell(Violation violation)
    {
        progress.Say(TerminalReport.Describe(violation));
        if (violation.Invariant == Invariant.DenialsHold)
            _ = ExplainAsync(violation);
    }

    // The decision is forgotten soon; whoever reads the report wants to know it.
    private async Task ExplainAsync(Violation violation)
    {
        IReadOnlyList<string> said = await new DecisionWatch(runDirectory).ExplainAsync(ending.Token);
        foreach (string line in said)
            progress.Say($"    Outwork says: {line}");
        lock (explanations)
            explanations.AddRange(said.Select(line => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{violation.AtSeconds:0.0} s: {line}")));
    }

    private void Take(WorkSample sample)
    {
        lock (gate)
        {
            work.Add(sample);
            waits.Add(sample);
        }
    }

    private void TakeStatus(StatusSnapshot status, RoleTracker roles, LossWatch watch)
    {
        lock (gate)
        {
            work.IsDemoted = status.Products.Any(static product => product is { Name: ProcessRoles.Product, State: "demoted" });
            if (watch.Interruptions != interruptions)
            {
                interruptions = watch.Interruptions;
                losses.Forget();
            }
            if (status.Products.FirstOrDefault(static product => product.Name == ProcessRoles.Agent) is { } agent)
                losses.Look(roles.Of(ProcessRoles.Broker)?.Pid ?? 0, agent.Pid, agent.Lost, watch.Told, clock.Now);
        }
    }

    private async Task LookAsync(Leftovers leftovers, SoakInstance instance)
    {
        using var timer = new PeriodicTimer(Look, clock.Time);
        while (await timer.WaitForNextTickAsync(ending.Token))
        {
            leftovers.Note(instance.Root);
            lock (gate)
                waits.Look();
        }
    }

    private string Describe()
    {
        IReadOnlyList<FaultWindow> windows = timeline.Windows;
        lock (gate)
        {
            TimeSpan longest = waits.Longest.Values.Where(static sample => !WorkKinds.IsControl(sample.Kind))
                .Select(static sample => sample.Longest).DefaultIfEmpty().Max();
            return ProgressLine.Describe(clock.Elapsed, options.Length, windows.Count, windows is [.., var last] ? last : null, longest, violations.Count);
        }
    }

    private async Task WaitUntilReadyAsync(StatusWatch status, CancellationToken cancel)
    {
        long start = clock.Now;
        while (await status.TryAskAsync(cancel) is not { Protecting: true } answer
            || answer.Products.Count(static product => product is { Name: ProcessRoles.Product or ProcessRoles.Chaos, State: "judging" }) < 2)
        {
            if (SoakClock.Between(start, clock.Now) > ReadyTimeout)
                throw new BenchFailedException($"Outwork's products do not judge {ReadyTimeout.TotalSeconds:0} s after its start.");
            await Task.Delay(Look, clock.Time, cancel);
        }
    }

    // Until the time is over; what ends before that has failed (all of these run until they are told to end), and its failure is ours.
    private static async Task UntilOverAsync(Task[] running, CancellationToken over)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = over.Register(() => end.TrySetResult());
        List<Task> watched = [.. running, end.Task];
        while (!end.Task.IsCompleted)
        {
            Task first = await Task.WhenAny(watched);
            await first;
            watched.Remove(first);
        }
    }

    private async Task EndAsync(Task[] background)
    {
        await ending.CancelAsync();
        try
        {
            await Task.WhenAll(background);
        }
        catch (OperationCanceledException)
        {
            // As they were told.
        }
    }

    private async Task FindLeftoversAsync(Leftovers leftovers)
    {
        long start = clock.Now;
        IReadOnlyList<string> left;
        while ((left = leftovers.Find()).Count > 0 && SoakClock.Between(start, clock.Now) < GonePatience)
            await Task.Delay(Look, clock.Time, CancellationToken.None);
        foreach (string one in left)
            violations.Add(Invariant.NothingLeft, clock.Now, $"left behind: {one}");
    }

    private string[] Explanations()
    {
        lock (explanations)
            return [.. explanations];
    }

    private SoakReport Report(TimeSpan length, bool interrupted, RepeatedWork repeated, ResourceSampler sampler, MachineFacts machine)
    {
        List<FlatnessRow> flatness = FlatnessJudge.Judge(
            sampler.Samples, length, limits, what => violations.Add(Invariant.Flat, clock.Now, what));
        return new SoakReport
        {
            Machine = machine,
            Seed = options.Seed,
            Again = options.Again,
            Minutes = length.TotalMinutes,
            Interrupted = interrupted,
            Faults = ReportBuilder.Faults(timeline.Windows),
            NotDone = ReportBuilder.NotDone(timeline.Windows),
            Waits = ReportBuilder.Waits(waits, clock),
            Builds = repeated.Builds,
            LongestBuildSeconds = repeated.LongestBuild.TotalSeconds,
            Storms = repeated.Storms,
            AllowedWhileDemoted = work.AllowedWhileDemoted,
            LossTold = losses.Told,
            LossCompared = losses.Compared,
            Flatness = flatness,
            Violations = violations.Violations,
            Explanations = Explanations(),
            ViolationCount = violations.Count,
        };
    }
}
