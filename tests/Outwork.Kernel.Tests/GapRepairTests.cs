using System.Globalization;
using Outwork.Broker.Processes;
using Outwork.Broker.Sessions;
using Outwork.BrokerHost.Reactor;
using Outwork.BrokerHost.Repair;
using Outwork.Contracts.Events;
using Outwork.Kernel.Tests.Support;
using Outwork.Platform.Linux.Reactor;
using Outwork.Platform.Linux.Telemetry;
using Outwork.Sdk;

namespace Outwork.Kernel.Tests;

/// <summary>Losses are forced by a ring that is much too small, and then the table is compared with the system.</summary>
public sealed class GapRepairTests
{
    private static readonly ulong Boot = BootClock.ReadBootId();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Process_table_equals_the_system_after_losses_were_repaired(bool byWalk)
    {
        using var snapshots = ProcessSnapshots.Open(Boot, new BpfTelemetryOptions(), out var mechanism);
        Assert.True(mechanism.InForce, mechanism.Detail);
        Func<(IReadOnlyList<ProcessInfo> Processes, long TakenUnixNs)> read = byWalk ? snapshots.Take : () => ProcSnapshot.Take(Boot);
        using var build = new TempDirectory();
        string storm = CProgram.Compile(build, Path.Combine(AppContext.BaseDirectory, "testassets", "spawn-many.c"), "spawn-many");
        var (telemetry, status) = BpfTelemetry.Start(new BpfTelemetryOptions { RingBytes = 4_096 });
        Assert.True(telemetry is not null, status.Detail);
        using var source = telemetry;
        using var wake = new WakeEvent();
        var time = TimeProvider.System;
        var faults = new ReactorFaults();
        var inbox = new ReactorInbox(wake, faults);
        var table = new ProcessTable(Boot, new ProcessTableOptions(), time, containers: null);
        int told = 0;
        table.Publish = e => told += e.Reconstructed ? 1 : 0;
        var replay = new StateReplay(new SessionRegistry(time), table, time);
        var repair = new GapRepair(table, replay, inbox, faults, time, () => source.Lost, read);
        var (running, taken) = read();
        table.Apply(running, taken);
        told = 0;

        // As the reactor does it, but so seldom that the ring overflows; with processes that stay, that change and that end.
        List<System.Diagnostics.Process> stay = [.. Start(30)];
        var run = TestProcess.Run(storm, "/bin/true", "20", "50");
        Assert.Equal(0, run.ExitCode);
        Turn();
        List<System.Diagnostics.Process> later = [.. Start(30)];
        // A zombie, which nobody waits for while its parent sleeps.
        using var parent = TestProcess.Start("/", "/bin/sh", "-c", "/bin/sleep 0.3 & exec /bin/sleep 60");
        using var changes = TestProcess.Start("/", "/bin/sh", "-c", "read line; exec /bin/sleep 60");
        foreach (var process in stay[..15]) process.Kill();
        foreach (var process in stay[..15]) process.WaitForExit();
        Assert.True(source.Lost.Total > 0);
        changes.StandardInput.WriteLine();
        // Processes come and go while it reads, and are lost again.
        using (var storms = TestProcess.Start("/", storm, "/bin/true", "20", "50"))
        {
            while (!storms.HasExited) Turn();
        }

        BrokerUnderTest.Eventually(
            () =>
            {
                Turn();
                return repair.Completed > 0 && !repair.IsDue && source.Lost == LostAtLastLook && IsTruth();
            },
            "the table equals the system");
        Assert.Equal(told, (int)repair.Reconstructed);
        Assert.True(told > 0);
        Assert.Equal((0ul, 0ul), (repair.Failed, faults.Count));
        foreach (var process in stay[15..].Concat(later).Append(parent).Append(changes))
        {
            Assert.True(table.TryGet(process.Id, out var known));
            Assert.Equal(File.ResolveLinkTarget($"/proc/{process.Id}/exe", returnFinalTarget: false)!.FullName, known.Executable);
            Assert.Equal(["sleep", "60"], known.Arguments.Select(Path.GetFileName));
            process.Kill();
            process.WaitForExit();
        }

        void Turn()
        {
            inbox.Drain();
            Drain();
            repair.LookForLosses(source.Lost);
            LostAtLastLook = source.Lost;
            if (repair.IsDue)
            {
                repair.Prepare();
                Drain();
                repair.Begin();
            }
            while (repair.Step(8)) Drain();
        }

        void Drain()
        {
            while (source.Drain(16, table) == 16)
            {
                // Until it is empty.
            }
        }

        // The machine lives on while it is compared: whoever was there before and after must be known, and nobody else.
        bool IsTruth()
        {
            var before = Present();
            Drain();
            if (source.Lost != LostAtLastLook) return false;
            var known = table.AliveIds().ToHashSet();
            var after = Present();
            return before.Intersect(after).All(known.Contains) && known.All(id => before.Contains(id) || after.Contains(id));
        }
    }

    private LostEvents LostAtLastLook { get; set; }

    [Fact]
    public void Late_subscriber_gets_what_runs_and_the_end_of_it()
    {
        using var mount = GuardedMount.Create("tmpfs");
        using var early = TestProcess.Start("/", "/bin/sleep", "60");
        var watcher = new Watcher();
        using var broker = new BrokerUnderTest(mount, Policies.AskNobody());
        broker.Connect(watcher);

        BrokerUnderTest.Eventually(() => watcher.Told.Any(e => e.Kind == EventKind.StateComplete), "the end of what runs");
        Assert.True(Assert.Single(broker.Status().Mechanisms, static m => m.Name == MechanismNames.BpfTaskIterator).InForce);

        var told = watcher.Told;
        var running = told.TakeWhile(e => e.Kind != EventKind.StateComplete).Where(e => e.Reconstructed).ToList();
        Assert.Contains(running, e => e.Process!.Pid == early.Id && e.Process.Arguments.Contains("60"));
        Assert.Contains(running, e => e.Process!.Pid == Environment.ProcessId);
        Assert.Equal((ulong)running.Count, broker.Counter("replay.reconstructed"));
        Assert.Equal(0ul, broker.Status().Products.Single(p => p.Name == "watcher").Lost);
        early.Kill();
        BrokerUnderTest.Eventually(() => watcher.Told.Any(e => e is { Kind: EventKind.Exit, Reconstructed: false } && e.Process!.Pid == early.Id), "its end");
    }

    private static IEnumerable<System.Diagnostics.Process> Start(int count)
    {
        for (int i = 0; i < count; i++) yield return TestProcess.Start("/", "/bin/sleep", "60");
    }

    private static HashSet<ProcessId> Present() => [.. ProcSnapshot.Take(Boot).Processes.Select(p => p.Id)];

    private sealed class Watcher : SecurityProduct
    {
        private readonly List<NotifyEvent> _told = [];

        public override string Name => "watcher";

        public override ProductSubscription Subscription => new([], [EventKind.Exec, EventKind.Fork, EventKind.Exit]);

        public NotifyEvent[] Told
        {
            get { lock (_told) return [.. _told]; }
        }

        public override void Observe(NotifyEvent notification)
        {
            lock (_told) _told.Add(notification);
        }
    }
}
