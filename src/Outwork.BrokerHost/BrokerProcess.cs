using Outwork.Broker.Processes;
using Outwork.Broker.Sessions;
using Outwork.Broker.Verdicts;
using Outwork.BrokerHost.Content;
using Outwork.BrokerHost.Control;
using Outwork.BrokerHost.Mounts;
using Outwork.BrokerHost.Processes;
using Outwork.BrokerHost.Reactor;
using Outwork.BrokerHost.Status;
using Outwork.Contracts.Control;
using Outwork.Platform.Linux.Execution;
using Outwork.Platform.Linux.Fanotify;
using Outwork.Platform.Linux.Mounts;
using Outwork.Platform.Linux.Reactor;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Linux.Telemetry;
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
    private static readonly TimeSpan ConfigurePatience = TimeSpan.FromSeconds(10);

    public static int Run()
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
        using var source = new FanotifyAuthSource(capabilities, time);
        using var wake = new WakeEvent();
        var inbox = new ReactorInbox(wake);
        var sessions = new SessionRegistry(time);
        ulong bootId = BootClock.ReadBootId();
        using var names = new ControlGroupNames();
        var processes = new ProcessTable(bootId, new ProcessTableOptions(), time, names);
        using var parentage = new ProcessParentage();
        var own = new OwnProcesses(parentage);
        using var reader = new ContentReader(inbox);
        var engine = new VerdictEngine(
            new VerdictEngineOptions(), source, new ProcessDirectory(processes, own, telemetry), new LinuxExecutionClassifier(), reader, sessions, time);
        reader.Completed = engine.ContentRead;
        source.ContentWritten = engine.ForgetFile;
        // What was lost may have been a writer's close: nothing remembered can be relied on.
        source.Overflowed = () => engine.LoseEvents(Contracts.Verdicts.VerdictFailure.EventQueueOverflow);
        source.DescriptorsExhausted = () => engine.LoseEvents(Contracts.Verdicts.VerdictFailure.DescriptorsExhausted);
        var core = new BrokerCore(engine, sessions, processes, telemetry, time);
        var mounts = new GuardedMounts(source, configure.MountPath);
        MechanismStatus[] mechanisms = [.. capabilities.Mechanisms, .. telemetryMechanisms];
        var status = new StatusBuilder(core, mounts, mechanisms);
        using var guard = new DeadlineGuard(engine.Poll, new FanotifyBeside(source), own, engine.Counters);
        using var reactor = new BrokerReactor(core, source, guard, inbox, wake, time);
        var guarding = new GuardSwitch(core, mounts, status, link, startedAt, time);
        var requests = new ControlRequests(inbox, core, status) { PolicyApplied = guarding.PolicyApplied };
        var supervision = new Supervision(link, reactor, own, status, requests, time);

        // The source runs already: what starts between the snapshot and the first drain is in the ring.
        var (running, takenUnixNs) = ProcSnapshot.Take(bootId);
        processes.Apply(running, takenUnixNs);
        var mountWatch = MountWatch.Open(inbox, guarding.MountsRead);
        guarding.MountsRead(MountTable.Read());
        reactor.WatchWarden((int)link.Handle.DangerousGetHandle());
        reactor.WatchMounts(mountWatch.Descriptor);
        if (telemetry is { WakeDescriptor: >= 0 }) reactor.WatchTelemetry(telemetry.WakeDescriptor);
        reactor.Ticked = guarding.TrySwitchOn;
        reactor.WardenReady = supervision.TakeCommands;
        reactor.MountsChanged = mountWatch.ReadSoon;
        guard.Start();
        ThreadSlice.TrySet(NiceOfReactor, SliceNs);
        try
        {
            reactor.Run();
        }
        finally
        {
            // The guard ends first: from here on nobody waits for us.
            source.Dispose();
            guard.Dispose();
            telemetry?.Dispose();
        }
        link.Send(new StoppedReport());
        if (supervision.IsOrphaned) new RunDirectory(configure.RunDirectory).Remove();
        return 0;
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
