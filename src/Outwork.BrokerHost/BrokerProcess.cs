using Outwork.Broker.Processes;
using Outwork.Broker.Sessions;
using Outwork.Broker.Verdicts;
using Outwork.BrokerHost.Content;
using Outwork.BrokerHost.Control;
using Outwork.BrokerHost.Mounts;
using Outwork.BrokerHost.Processes;
using Outwork.BrokerHost.Reactor;
using Outwork.BrokerHost.Repair;
using Outwork.BrokerHost.Status;
using Outwork.Contracts.Control;
using Outwork.Platform.Linux.Execution;
using Outwork.Platform.Linux.Fanotify;
using Outwork.Platform.Linux.Mounts;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Reactor;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Linux.Telemetry;
using Outwork.Platform.Linux.Users;
using Outwork.Platform.Supervision;

namespace Outwork.BrokerHost;

/// <summary>
/// The broker's composition root. Everything that opens a file is done before the guard begins; from then on the reactor
/// opens nothing.
/// </summary>
internal static class BrokerProcess
{
    private const int NiceOfReactor = -20;
    private const ulong SliceNs = 100_000;
    private const int FaultExitCode = 70;
    private static FanotifyAuthSource? s_source;
    private static readonly TimeSpan ConfigurePatience = TimeSpan.FromSeconds(10), ReadPatience = TimeSpan.FromSeconds(2);

    /// <summary>Runs until the warden says stop, or has gone. Returns the exit code.</summary>
    public static int Run()
    {
        try
        {
            return RunGuard();
        }
        catch (Exception fault) when (IsTold(fault))
        {
            // RunGuard has let everyone go who waited: what is told here may open files.
            return FaultExitCode;
        }
    }

    private static bool IsTold(Exception fault)
    {
        // Before anything else, since a filter runs before RunGuard's own clean-up.
        s_source?.Dispose();
        ReactorFaults.Tell(fault);
        return true;
    }

    // Of any other thread. The runtime would print a stack trace next, for which it opens files that nobody could let it open.
    private static void OnUnhandled(object sender, UnhandledExceptionEventArgs e)
    {
        s_source?.Dispose();
        if (e.ExceptionObject is Exception fault) ReactorFaults.Tell(fault);
        Environment.Exit(FaultExitCode);
    }

    private static int RunGuard()
    {
        var time = TimeProvider.System;
        long startedAt = time.GetTimestamp();
        using var link = WardenLinkClient.FromEnvironment();
        if (link is null)
        {
            Console.Error.WriteLine("outwork-broker is started by the warden. Start Outwork with: ./outwork up");
            return 2;
        }
        AssemblyPreload.LoadAll();
        var configure = WaitForConfiguration(link, time);
        var capabilities = FanotifyProbe.Probe();
        if (!capabilities.Permission || !capabilities.OpenPerm || !capabilities.OpenExecPerm)
        {
            Console.Error.WriteLine("This kernel has no fanotify permission events (CONFIG_FANOTIFY_ACCESS_PERMISSIONS): nothing can be refused here.");
            return 3;
        }
        var (telemetry, telemetryMechanisms) = ProcessTelemetry.Open(new BpfTelemetryOptions());
        using var progress = ProgressPage.FromEnvironment();
        using var source = new FanotifyAuthSource(capabilities, time);
        s_source = source;
        AppDomain.CurrentDomain.UnhandledException += OnUnhandled;
        using var wake = new WakeEvent();
        var faults = new ReactorFaults();
        var inbox = new ReactorInbox(wake, faults);
        var sessions = new SessionRegistry(time);
        ulong bootId = BootClock.ReadBootId();
        using var snapshots = ProcessSnapshots.Open(bootId, new BpfTelemetryOptions(), out var snapshotMechanism);
        using var names = new ControlGroupNames();
        var processes = new ProcessTable(bootId, new ProcessTableOptions(), time, names);
        using var parentage = new ProcessParentage();
        var own = new OwnProcesses(parentage);
        using var reader = new ContentReader(inbox, faults);
        var engine = new VerdictEngine(
            new VerdictEngineOptions(), source, new ProcessDirectory(processes, own, telemetry), new LinuxExecutionClassifier(), reader, sessions, time)
        {
            OwnerOfUser = SubordinateUsers.Load().OwnerOf,
        };
        engine.Journal.Recorder = Supervision.AgentName;
        reader.Completed = engine.ContentRead;
        reader.IsWanted = id => IsWaiting(engine.Poll.Pending, id);
        var changes = new ContentChanges(engine, inbox);
        source.ContentWritten = changes.TakeWrite;
        source.DescriptorsExhausted = () => changes.TakeLoss(Contracts.Verdicts.VerdictFailure.DescriptorsExhausted);
        source.FileNotOpened = () => engine.Counters.Count(Contracts.Verdicts.VerdictFailure.FileUnreadable);
        var closing = new ClosingThread(faults);
        source.CloseElsewhere = closing.Close;
        var core = new BrokerCore(engine, sessions, processes, telemetry, faults, time) { CloseElsewhere = closing.Close };
        var readsInTurn = new Lock();
        (IReadOnlyList<Contracts.Events.ProcessInfo> Processes, long TakenUnixNs) ReadProcesses()
        {
            lock (readsInTurn) return snapshots.Take();
        }
        var repair = core.Repair = new GapRepair(processes, core.Replay, inbox, faults, time, () => core.TelemetryLost, ReadProcesses);
        source.Overflowed = () =>
        {
            changes.TakeLoss(Contracts.Verdicts.VerdictFailure.EventQueueOverflow);
            repair.Want();
        };
        var mounts = new GuardedMounts(source, configure.MountPath);
        var hidden = new HiddenMounts(mounts, inbox, faults, time);
        core.Executed = hidden.Executed;
        MechanismStatus[] mechanisms = [.. capabilities.Mechanisms, .. telemetryMechanisms, snapshotMechanism, ConfinementSupport.ProbeTelling()];
        var status = new StatusBuilder(core, mounts, hidden, mechanisms);
        using var guard = new DeadlineGuard(engine.Poll, new FanotifyBeside(source), own, progress, engine.Counters, () => engine.Policy.ReadFailure, faults);
        using var reactor = new BrokerReactor(core, source, guard, inbox, wake, time);
        var guarding = new GuardSwitch(core, mounts, status, link, startedAt, time);
        var requests = new ControlRequests(inbox, core, status) { PolicyApplied = guarding.PolicyApplied };
        var standIn = new CallStandIn((product, call) => inbox.Post(() => reactor.TellRefusal(product, call.ProcessId, call.Name, call.Target, times: 1)), faults);
        var supervision = new Supervision(link, reactor, own, status, requests, standIn, engine.Restore, faults, time);

        // The source runs already: what starts between the snapshot and the first drain is in the ring.
        var reading = Task.Run(ReadProcesses);
        if (reading.Wait(ReadPatience)) processes.Apply(reading.Result.Processes, reading.Result.TakenUnixNs);
        // Protection does not wait for it: what runs is told as after a loss.
        else repair.Want();
        var mountWatch = MountWatch.Open(mounts, inbox, faults, guarding.MountsRead);
        guarding.ReadMounts = mountWatch.ReadSoon;
        mounts.TakeOwn(MountTable.Read());
        reactor.WatchWarden((int)link.Handle.DangerousGetHandle());
        reactor.WatchMounts(mountWatch.Descriptor);
        if (telemetry is { WakeDescriptor: >= 0 }) reactor.WatchTelemetry(telemetry.WakeDescriptor);
        reactor.Ticked = guarding.TrySwitchOn;
        reactor.WardenReady = supervision.TakeCommands;
        reactor.SessionEnded = supervision.SessionEnded;
        reactor.MountsChanged = repair.RereadMounts = mountWatch.ReadSoon;
        reactor.Resting = new RestWork(time).Start;

        // What the preparation took is not needed again: it would stay, since what follows fills the youngest generation slowly.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
        guard.Start();
        ThreadSlice.TrySet(NiceOfReactor, SliceNs);
        try
        {
            reactor.Run();
        }
        finally
        {
            // Nobody reads any longer, then the group ends: from here on nobody waits for us.
            guard.Dispose();
            source.Dispose();
            telemetry?.Dispose();
        }
        link.Send(new StoppedReport());
        return 0;
    }

    // From any thread. The table gives a request's slot to nobody else while it waits.
    private static bool IsWaiting(PendingTable pending, ulong requestId)
    {
        foreach (var slot in pending.Slots)
        {
            if (slot.RequestId == requestId) return slot.IsOpen;
        }
        return false;
    }

    private static ConfigureCommand WaitForConfiguration(WardenLinkClient link, TimeProvider time)
    {
        using var poll = new Epoll();
        poll.Add((int)link.Handle.DangerousGetHandle(), PollFor.Read, 1);
        Span<PollResult> ready = new PollResult[1];
        for (long start = time.GetTimestamp(); time.GetElapsedTime(start) < ConfigurePatience;)
        {
            if (link.TryReceive(out var received) == LinkReceiveState.Message && received.Command is ConfigureCommand configure) return configure;
            poll.Wait(ready, 100);
        }
        throw new TimeoutException("The warden did not say what to guard.");
    }
}
