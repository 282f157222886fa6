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
        Assert.All(made, path => Assert.True((File.GetUnixFileMode(path) & OthersWrite) == 0, $"{path} {File.GetUnixFileMode(path)}"));
    }
}
