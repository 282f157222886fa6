using System.Diagnostics;
using Outwork.Broker.Processes;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.Telemetry;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.Telemetry;

public sealed class ProcConnectorTests
{
    private static ProcConnector Start()
    {
        RequiresRoot.Check();
        (ProcConnector? connector, MechanismStatus status) = ProcConnector.Start();
        Assert.True(connector is not null, status.Detail);
        return connector;
    }

    [Fact]
    public void Spawn_is_seen_with_details_from_proc_and_the_same_identity()
    {
        using ProcConnector connector = Start();
        ulong bootId = BootClock.ReadBootId();
        using Process child = TestProcess.Start("/tmp", "/bin/sleep", "0.4");
        ProcessInfo read = Assert.Single(ProcSnapshot.Take(bootId).Processes, p => p.Pid == child.Id);
        child.WaitForExit();

        List<SeenEvent> seen = new RecordingSink().WaitForExit(connector, child.Id);
        Assert.Equal([EventKind.Fork, EventKind.Exec, EventKind.Exit], seen.Select(e => e.Kind));
        Assert.All(seen, e => Assert.Equal(read.Id, ProcessId.From(bootId, e.Facts.Pid, e.Facts.StartTicks)));
        Assert.Equal(["/bin/sleep", "0.4"], seen[1].Arguments);
        Assert.Equal("/tmp", seen[1].WorkingDirectory);
        Assert.EndsWith("/bin/sleep", seen[1].Program);
        Assert.Equal(Environment.ProcessId, seen[1].Facts.ParentPid);
        Assert.Equal(0, seen[2].ExitCode);
    }

    [Fact]
    public void Exit_code_and_signal_are_told()
    {
        using ProcConnector connector = Start();
        TestProcess seven = TestProcess.Run("/bin/sh", "-c", "exit 7");
        TestProcess killed = TestProcess.Run("/bin/sh", "-c", "kill -9 $$");
        RecordingSink sink = new();
        Assert.Equal(7, sink.WaitForExit(connector, seven.Pid)[^1].ExitCode);
        Assert.Equal(137, sink.WaitForExit(connector, killed.Pid)[^1].ExitCode);
    }

    [Fact]
    public void Memory_policy_is_refused_because_it_cannot_be_enforced()
    {
        using ProcConnector connector = Start();
        Assert.False(connector.SetMemoryExecPolicy(MemoryExecPolicy.DenyAll));
        Assert.True(connector.SetMemoryExecPolicy(MemoryExecPolicy.AllowAll));
    }

    [Fact]
    public void Best_source_is_opened_and_every_mechanism_reported()
    {
        RequiresRoot.Check();
        (IProcessEventSource? source, MechanismStatus[] mechanisms) = ProcessTelemetry.Open(new BpfTelemetryOptions());
        using (source)
        {
            Assert.Equal(MechanismNames.BpfTracepoints, source!.Mechanism);
            Assert.Equal([MechanismNames.BpfTracepoints, MechanismNames.BpfLsm, MechanismNames.ProcConnector], mechanisms.Select(m => m.Name));
            Assert.Equal([true, false, false], mechanisms.Select(m => m.InForce));
        }
        (source, mechanisms) = ProcessTelemetry.Open(new BpfTelemetryOptions { ObjectPath = "/nonexistent.o" });
        using (source)
        {
            Assert.Equal(MechanismNames.ProcConnector, source!.Mechanism);
            Assert.Equal([false, false, true], mechanisms.Select(m => m.InForce));
            Assert.NotEmpty(mechanisms[0].Lost);
        }
    }
}
