using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sandbox;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>The run directory (0755): the instance's lock, the control socket and the mount point of the confined processes.</summary>
/// <param name="path">Absolute path, e.g. /run/outwork.</param>
public sealed class RunDirectory(string path)
{
    /// <summary>Members may use the control socket.</summary>
    public const string ControlGroup = "outwork";

    private const int Backlog = 64;
    private const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>The directory.</summary>
    public string Path { get; } = path;

    /// <summary>The lock file.</summary>
    public string LockPath => System.IO.Path.Join(Path, "lock");

    /// <summary>The socket that the agent serves.</summary>
    public string ControlSocketPath => System.IO.Path.Join(Path, "control.sock");

    /// <summary>Creates the directory and the mount point.</summary>
    /// <exception cref="IOException">It is there already and somebody else could put something into it.</exception>
    public void Create()
    {
        _ = Directory.CreateDirectory(Path, ReadableByAll);
        RefuseWhatIsOthers();
        _ = Directory.CreateDirectory(new SandboxLayout(Path).Root, ReadableByAll);
    }

    // What we open and delete in it by name must be what we put there.
    private void RefuseWhatIsOthers()
    {
        const UnixFileMode others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        string? fault = new DirectoryInfo(Path).LinkTarget is not null ? "a symbolic link"
            : FileOwner.Get(Path) != 0 ? "not root's"
            : (File.GetUnixFileMode(Path) & others) != 0 ? "others than root can write it"
            : new FileInfo(LockPath).LinkTarget is not null ? "its lock is a symbolic link"
            : null;
        if (fault is not null)
            throw new IOException($"{Path}: {fault}. Remove it, or give another with --run-dir.");
    }

    /// <summary>
    /// Creates the listening control socket: for root and the group <c>outwork</c> where it exists, else for root alone. What an
    /// instance that was killed left is removed first, so hold the lock.
    /// </summary>
    public unsafe SafeFileHandle ListenForControl()
    {
        int length = Encoding.UTF8.GetByteCount(ControlSocketPath);
        if (length >= Interop.UNIX_PATH_MAX)
            throw new ArgumentException($"{ControlSocketPath}: too long for a socket (at most {Interop.UNIX_PATH_MAX - 1} bytes).");
        File.Delete(ControlSocketPath);

        SafeFileHandle socket = Interop.socket(Interop.AF_UNIX, Interop.SOCK_STREAM | Interop.SOCK_CLOEXEC, 0);
        if (socket.IsInvalid)
            throw new LinuxException("socket", Marshal.GetLastPInvokeError());
        var address = new Interop.sockaddr_un { sun_family = Interop.AF_UNIX };
        Encoding.UTF8.GetBytes(ControlSocketPath, new Span<byte>(address.sun_path, Interop.UNIX_PATH_MAX));

        // Nobody else may connect, not even between bind and chmod.
        uint mask = Interop.umask(0b001_111_111);
        int bound = Interop.bind(socket, &address, (uint)sizeof(Interop.sockaddr_un));
        int error = Marshal.GetLastPInvokeError();
        _ = Interop.umask(mask);
        if (bound != 0)
            throw new LinuxException("bind", error);
        if (Accounts.FindGroup(ControlGroup) is { } group)
        {
            FileOwner.Set(ControlSocketPath, 0, group);
            File.SetUnixFileMode(ControlSocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        }

        return Interop.listen(socket, Backlog) == 0 ? socket : throw new LinuxException("listen", Marshal.GetLastPInvokeError());
    }

    /// <summary>
    /// Removes everything that is Outwork's, the products' control groups too, and the directory when that leaves it empty. Hold the lock.
    /// Returns how many control groups are left, because something in them does not end.
    /// </summary>
    public int Remove()
    {
        int left = new ControlGroups(Path, ControlGroupHierarchies.Find()).Remove();
        if (!Directory.Exists(Path))
            return left;
        File.Delete(ControlSocketPath);
        string mountPoint = new SandboxLayout(Path).Root;
        if (Directory.Exists(mountPoint))
            Directory.Delete(mountPoint);
        File.Delete(LockPath);
        if (Directory.Exists(Path) && !Directory.EnumerateFileSystemEntries(Path).Any())
            Directory.Delete(Path);
        return left;
    }
}
