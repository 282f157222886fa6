namespace Outwork.Agent.Tests.Support;

/// <summary>A file system of a few pages, so that a full disk is a real one.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly TempDirectory _mountPoint = new();

    public string Path => _mountPoint.Path;

    public static async Task<SmallDisk> MountAsync(int kibibytes)
    {
        RequiresRoot.Check();
        var disk = new SmallDisk();
        TestProcess mount = await TestProcess.RunAsync("mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "outwork-test", disk.Path);
        Assert.True(mount.ExitCode == 0, mount.Errors);
        return disk;
    }

    /// <summary>Leaves no room.</summary>
    public void Fill()
    {
        using FileStream file = File.Create(System.IO.Path.Join(Path, "filler"), bufferSize: 1);
        byte[] page = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(page);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void MakeRoom() => File.Delete(System.IO.Path.Join(Path, "filler"));

    public async ValueTask DisposeAsync()
    {
        await TestProcess.RunAsync("umount", Path);
        _mountPoint.Dispose();
    }
}
