using System.Diagnostics;
using Outwork.Broker.Processes;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.Telemetry;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.Telemetry;

public sealed class BpfTelemetryTests
{
    private static BpfTelemetry Start(BpfTelemetryOptions? options = null)
    {
        RequiresRoot.Check();
        (BpfTelemetry? telemetry, MechanismStatus status) = BpfTelemetry.Start(options ?? new BpfTelemetryOptions());
        Assert.True(telemetry is not null, status.Detail);
        Assert.True(status.InForce);
        return telemetry;
    }

    private static string RealPath(string path) => TestProcess.Run("/usr/bin/readlink", "-f", path).Output.Trim();

    [Fact]
    public void Spawn_is_seen_as_fork_exec_exit_with_every_detail()
    {
        using BpfTelemetry telemetry = Start();
        using TempDirectory directory = new();
        long before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        TestProcess child = TestProcess.RunIn(directory.Path, "/bin/sh", "-c", "exit 7", "a b", "ü");

        List<SeenEvent> seen = new RecordingSink().WaitForExit(telemetry, child.Pid);
        Assert.Equal([EventKind.Fork, EventKind.Exec, EventKind.Exit], seen.Select(e => e.Kind));
        SeenEvent exec = seen[1];
        Assert.Equal(RealPath("/bin/sh"), exec.Program);
        Assert.Equal(["/bin/sh", "-c", "exit 7", "a b", "ü"], exec.Arguments);
        Assert.False(exec.ArgumentsTruncated);
        Assert.Equal(directory.Path, exec.WorkingDirectory);
        Assert.Equal(ExecVia.Direct, exec.Via);
        Assert.Equal(Environment.ProcessId, exec.Facts.ParentPid);
        Assert.Equal(7, seen[2].ExitCode);
        Assert.All(seen, e =>
        {
            Assert.Equal(seen[0].Facts.StartTicks, e.Facts.StartTicks);
            Assert.Equal(0u, e.Facts.UserId);
            Assert.InRange(e.Facts.TimeUnixNs, before - 20_000_000, before + 20_000_000_000);
            Assert.NotEqual(0ul, e.Facts.ControlGroupId);
        });
    }
}
