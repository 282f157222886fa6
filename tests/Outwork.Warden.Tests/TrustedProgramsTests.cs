using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Processes;

namespace Outwork.Warden.Tests;

/// <summary>What root runs must be root's alone to write when the whole machine is guarded.</summary>
public sealed class TrustedProgramsTests : IDisposable
{
    private const uint SomeUser = 61000;
    private readonly WardenRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Programs_that_only_root_can_write_are_trusted() => Assert.Null(TrustedPrograms.FindWritable(_run.Programs));

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void File_that_others_can_write_is_named(UnixFileMode mode)
    {
        string path = Path.Join(_run.Programs, "policy", "default.yaml");
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | mode);
        Assert.Equal(path, TrustedPrograms.FindWritable(_run.Programs));
    }

    [Fact]
    public void Directory_of_another_user_is_named()
    {
        FileOwner.Set(_run.Programs, SomeUser, SomeUser);
        Assert.Equal(_run.Programs, TrustedPrograms.FindWritable(_run.Programs));
    }

    [Fact]
    public void Warden_refuses_to_guard_the_machine_with_a_program_that_a_user_owns()
    {
        string broker = Path.Join(_run.Programs, "outwork-broker");
        FileOwner.Set(broker, SomeUser, SomeUser);
        LaunchedProcess warden = _run.Start(waitForProtection: false, arguments: ["--mount", "/"]);
        Assert.Equal(new ProcessExit(ExitCode.Failure, 0), warden.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.Contains($"{broker}: not root's alone to write", _run.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_run.RunDirectory));
    }

    [Fact]
    public void Warden_guards_a_part_of_the_machine_with_a_users_own_build()
    {
        FileOwner.Set(Path.Join(_run.Programs, "outwork-broker"), SomeUser, SomeUser);
        _run.Start();
    }
}
