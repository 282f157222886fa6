using Outwork.Platform.Linux;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sandbox;

namespace Outwork.Cli.Certify;

/// <summary>
/// A folder for one run, gone with it. What a killed run left, its control groups too, the next one removes: a run holds a lock on a file in
/// its folder, and the kernel lets go of it with the process, in whatever namespace that was.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string Prefix = "outwork-certify-";
    private const string LockName = "lock";
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Enterable = Own
        | UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly FileStream _lock;

    public RunFolder()
    {
        // Has its name only once it is locked: before, another run would take it for left.
        string made = Directory.CreateTempSubdirectory("outwork-new-").FullName;
        _lock = new FileStream(System.IO.Path.Join(made, LockName), new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = Own,
        });
        File.SetUnixFileMode(made, Enterable);
        Path = System.IO.Path.Join(System.IO.Path.GetDirectoryName(made), Prefix + made[^6..]);
        Directory.Move(made, Path);
        RemoveLeft();
    }

    /// <summary>The folder; everybody may enter it.</summary>
    public string Path { get; }

    /// <summary>What confines a product has its place here, and names the control groups of the run.</summary>
    public string RunDirectory => RunDirectoryOf(Path);

    public void Dispose()
    {
        Directory.Delete(Path, recursive: true);
        _lock.Dispose();
    }

    private static string RunDirectoryOf(string folder) => System.IO.Path.Join(folder, "run");

    private void RemoveLeft()
    {
        uint user = FileOwner.Get(Path);
        foreach (string folder in Directory.EnumerateDirectories(System.IO.Path.GetDirectoryName(Path)!, Prefix + "*"))
        {
            try
            {
                // Other users' are not ours to enter.
                if (folder == Path || FileOwner.Get(folder) != user)
                    continue;
                using var left = new FileStream(System.IO.Path.Join(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                _ = new ControlGroups(RunDirectoryOf(folder), ControlGroupHierarchies.Find()).Remove();
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception held) when (held is IOException or UnauthorizedAccessException or LinuxException)
            {
                // Its run goes on, or another one removes it.
            }
        }
    }
}
