using Outwork.Broker.Processes;
using Outwork.Broker.Sessions;
using Outwork.Broker.Verdicts;
using Outwork.BrokerHost;
using Outwork.BrokerHost.Content;
using Outwork.BrokerHost.Processes;
using Outwork.BrokerHost.Reactor;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;
using Outwork.Platform.Linux.Execution;
using Outwork.Platform.Linux.Fanotify;
using Outwork.Platform.Linux.Reactor;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Linux.Telemetry;

namespace Outwork.Kernel.Tests;

/// <summary>The judging thread under a storm of bookkeeping.</summary>
public sealed class BrokerReactorTests : IDisposable
{
    private readonly ProgressPage _progress = ProgressPage.Create();

    public void Dispose() => _progress.Dispose();

    [Fact]
    public void What_was_read_for_a_verdict_does_not_wait_behind_process_events_without_end()
    {
        RequiresRoot.Check();
        var time = TimeProvider.System;
        var faults = new ReactorFaults();
        using var wake = new WakeEvent();
        var inbox = new ReactorInbox(wake, faults);
        using var source = new FanotifyAuthSource(FanotifyProbe.Probe(), time);
        var sessions = new SessionRegistry(time);
        using var names = new ControlGroupNames();
        var processes = new ProcessTable(1, new ProcessTableOptions(), time, names);
        using var parentage = new ProcessParentage();
        var own = new OwnProcesses(parentage);
        using var reader = new ContentReader(inbox, faults);
        using var storm = new Storm();
        var engine = new VerdictEngine(
            new VerdictEngineOptions(), source, new ProcessDirectory(processes, own, storm), new LinuxExecutionClassifier(), reader, sessions, time);
        var core = new BrokerCore(engine, sessions, processes, storm, faults, time);
        using var guard = new DeadlineGuard(engine.Poll, new FanotifyBeside(source), own, _progress, engine.Counters, () => OnFailure.Open, faults);
        using var reactor = new BrokerReactor(core, source, guard, inbox, wake, time);
        var thread = new Thread(reactor.Run) { IsBackground = true };
        thread.Start();
        Assert.True(storm.Raging.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));

        int slices = inbox.Ask(() => storm.Slices, TimeSpan.FromSeconds(20)), later = 0;
        for (int i = 0; i < 5; i++)
        {
            int before = Volatile.Read(ref storm.Slices);
            later = Math.Max(later, inbox.Ask(() => storm.Slices, TimeSpan.FromSeconds(20)) - before);
        }
        inbox.Post(reactor.Stop);
        bool hasEnded = thread.Join(TimeSpan.FromSeconds(20));

        Assert.True(slices > 0 && hasEnded);
        // Without a look at the inbox it would be done after 256 slices.
        Assert.InRange(later, 0, 16);
        Assert.Equal(0UL, faults.Count);
    }

    // Always has more, and each slice takes a moment.
    private sealed class Storm : IProcessEventSource
    {
        public int Slices;

        public ManualResetEventSlim Raging { get; } = new();

        public string Mechanism => "storm";

        public int WakeDescriptor => -1;

        public LostEvents Lost => default;

        public int Drain(int max, IProcessEventSink sink)
        {
            if (++Slices > 3) Raging.Set();
            Task.Delay(3).GetAwaiter().GetResult();
            return max;
        }

        public bool SetMemoryExecPolicy(MemoryExecPolicy policy) => false;

        public void Dispose() => Raging.Dispose();
    }
}
