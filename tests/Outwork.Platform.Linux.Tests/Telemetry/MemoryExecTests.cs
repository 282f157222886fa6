using Outwork.Broker.Processes;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.Telemetry;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.Telemetry;

/// <summary>Execution of a memfd: seen, and by policy ended before the program's first system call.</summary>
public sealed class MemoryExecTests : IDisposable
{
    // A user that nothing else on the machine runs as.
    private const uint Nobody = 64_321;
    private readonly TempDirectory _directory;
    private readonly BpfTelemetry _telemetry;
    private readonly string _program;

    public MemoryExecTests()
    {
        RequiresRoot.Check();
        (BpfTelemetry? telemetry, MechanismStatus status) = BpfTelemetry.Start(new BpfTelemetryOptions());
        Assert.True(telemetry is not null, status.Detail);
        _telemetry = telemetry;
        _directory = new TempDirectory();
        _program = CProgram.Compile(_directory, Path.Combine(TestRepository.Root, "testassets/memfd-exec/memfd-exec.c"), "memfd-exec");
        const UnixFileMode Everybody = (UnixFileMode)511;
        File.SetUnixFileMode(_directory.Path, Everybody);
    }

    public void Dispose()
    {
        _telemetry.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("--proc")]
    [InlineData("--script")]
    public void Memory_execution_is_seen_and_runs_when_the_policy_allows(string? mode)
    {
        (TestProcess child, SeenEvent exec) = RunAs(0, mode);
        Assert.Equal("R", child.Output);
        Assert.True(File.Exists(_directory["ran"]));
        Assert.Equal(ExecVia.Memory, exec.Via);
        Assert.False(exec.Ended);
        if (mode != "--script")
            Assert.Equal("memfd:outwork-test", exec.Program);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("--proc")]
    [InlineData("--script")]
    public void Denied_memory_execution_is_ended_before_its_first_system_call(string? mode)
    {
        _telemetry.SetMemoryExecPolicy(new MemoryExecPolicy { DeniedUsers = [Nobody] });
        for (int i = 0; i < 20; i++)
        {
            (TestProcess child, SeenEvent exec) = RunAs(Nobody, mode);
            Assert.Equal("", child.Output);
            Assert.False(File.Exists(_directory["ran"]));
            Assert.Equal(128 + 9, child.ExitCode);
            Assert.Equal(ExecVia.Memory, exec.Via);
            Assert.True(exec.Ended);
        }
    }

    [Fact]
    public void Policy_for_one_user_leaves_others_alone_and_can_be_lifted()
    {
        _telemetry.SetMemoryExecPolicy(new MemoryExecPolicy { DeniedUsers = [Nobody] });
        Assert.Equal("R", RunAs(Nobody + 1, null).Child.Output);
        File.Delete(_directory["ran"]);
        _telemetry.SetMemoryExecPolicy(new MemoryExecPolicy { DeniedUsers = [Nobody + 1] });
        Assert.Equal("R", RunAs(Nobody, null).Child.Output);
        File.Delete(_directory["ran"]);
        Assert.Equal("", RunAs(Nobody + 1, null).Child.Output);
        _telemetry.SetMemoryExecPolicy(MemoryExecPolicy.AllowAll);
        Assert.Equal("R", RunAs(Nobody + 1, null).Child.Output);
    }

    [Fact]
    public void Policy_for_everybody_covers_root()
    {
        _telemetry.SetMemoryExecPolicy(MemoryExecPolicy.DenyAll);
        try
        {
            (TestProcess child, SeenEvent exec) = RunAs(0, null);
            Assert.Equal("", child.Output);
            Assert.False(File.Exists(_directory["ran"]));
            Assert.True(exec.Ended);
        }
        finally
        {
            _telemetry.SetMemoryExecPolicy(MemoryExecPolicy.AllowAll);
        }
    }

    private (TestProcess Child, SeenEvent Exec) RunAs(uint user, string? mode)
    {
        string[] arguments = [$"--reuid={user}", "--clear-groups", _program, .. mode is null ? Array.Empty<string>() : [mode], _directory["ran"]];
        TestProcess child = TestProcess.Run("/usr/bin/setpriv", arguments);
        List<SeenEvent> seen = new RecordingSink().WaitForExit(_telemetry, child.Pid);
        SeenEvent exec = seen.FindAll(e => e.Kind == EventKind.Exec)[^1];
        Assert.Equal(user, exec.Facts.UserId);
        return (child, exec);
    }
}
