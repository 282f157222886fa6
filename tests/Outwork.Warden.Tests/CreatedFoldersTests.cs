namespace Outwork.Warden.Tests;

/// <summary>What the warden creates is nobody else's to write, and it creates nothing where somebody else can write.</summary>
public sealed class CreatedFoldersTests : IDisposable
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private readonly WardenRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Folders_are_roots_alone_to_write_whatever_the_umask_was()
    {
        _run.Wrapper = ["/bin/sh", "-c", "umask 0; exec \"$0\" \"$@\"", Path.Join(_run.Programs, "outwork-warden")];
        _run.Start();
        string[] made = [_run.State, .. Directory.EnumerateFileSystemEntries(_run.State, "*", SearchOption.AllDirectories), _run.RunDirectory];
        Assert.Contains(Path.Join(_run.State, "content"), made);
        Assert.All(made, static path => Assert.True((File.GetUnixFileMode(path) & OthersWrite) == 0, $"{path} {File.GetUnixFileMode(path)}"));
    }

    [Theory]
    [InlineData("chown 61000 DIR", "not root's")]
    [InlineData("chmod 777 DIR", "others than root can write it")]
    [InlineData("rmdir DIR; mkdir DIR-real; ln -s DIR-real DIR", "a symbolic link")]
    [InlineData("ln -s /etc/passwd DIR/lock", "its lock is a symbolic link")]
    public void Run_directory_that_somebody_else_prepared_is_refused(string preparation, string fault)
    {
        Directory.CreateDirectory(_run.RunDirectory);
        try
        {
            Assert.Equal(0, Platform.Linux.Tests.Support.TestProcess.Run("/bin/sh", "-c", preparation.Replace("DIR", _run.RunDirectory, StringComparison.Ordinal)).ExitCode);
            string passwd = File.ReadAllText("/etc/passwd");

            var exit = _run.Start(waitForProtection: false).WaitForExit(TimeSpan.FromSeconds(10));

            Assert.Equal(new Platform.Processes.ProcessExit(ExitCode.Failure, 0), exit);
            Assert.Contains($"{_run.RunDirectory}: {fault}", _run.Errors, StringComparison.Ordinal);
            Assert.Equal(passwd, File.ReadAllText("/etc/passwd"));
        }
        finally
        {
            Platform.Linux.Tests.Support.TestProcess.Run("rm", "-rf", _run.RunDirectory, _run.RunDirectory + "-real");
        }
    }
}
