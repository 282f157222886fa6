using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>
/// The lock file of a run directory: who holds it is the instance (flock(2)). The lock is the open file's, so it is held until
/// the last process that has the descriptor is gone: warden and broker. The file holds the warden's process id, for people.
/// </summary>
public sealed class InstanceLock : IDisposable
{
    /// <summary>Names the broker's descriptor of the lock; held open, it keeps the next instance away until the broker is gone.</summary>
    public const string Variable = "OUTWORK_LOCK_FD";

    private const UnixFileMode LockMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly SafeFileHandle _file;

    private InstanceLock(SafeFileHandle file) => _file = file;

    /// <summary>The open file; a process that inherits it shares the lock.</summary>
    public SafeHandle Handle => _file;

    /// <summary>Takes the lock; null when another instance has it, or has just removed the directory.</summary>
    public static InstanceLock? TryTake(string path)
    {
        while (true)
        {
            SafeFileHandle file = Interop.open(path, Interop.O_RDWR | Interop.O_CREAT | Interop.O_CLOEXEC, (uint)LockMode);
            if (file.IsInvalid)
            {
                int error = Marshal.GetLastPInvokeError();
                return error == Interop.ENOENT ? null : throw new LinuxException($"open({path})", error);
            }

            if (Interop.flock(file, Interop.LOCK_EX | Interop.LOCK_NB) != 0)
            {
                file.Dispose();
                return null;
            }

            // The last holder removes the file: what was locked may no longer be what the path names.
            if (SameFile(file, path))
            {
                byte[] text = System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
                RandomAccess.SetLength(file, 0);
                RandomAccess.Write(file, text, 0);
                return new InstanceLock(file);
            }

            file.Dispose();
        }
    }

    /// <summary>The process id that the holder wrote; 0 when there is none.</summary>
    public static int ReadHolder(string path)
    {
        // Not through File: it takes a lock of its own, and refuses a file that somebody has locked.
        using SafeFileHandle file = Interop.open(path, Interop.O_CLOEXEC, 0);
        if (file.IsInvalid)
            return 0;
        Span<byte> text = stackalloc byte[16];
        return Utf8Parser.TryParse(text[..RandomAccess.Read(file, text, 0)], out int pid, out _) ? pid : 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static bool SameFile(SafeFileHandle file, string path)
    {
        using SafeFileHandle named = Interop.open(path, Interop.O_PATH | Interop.O_CLOEXEC, 0);
        return !named.IsInvalid && Identity(named) == Identity(file);
    }

    private static (ulong Device, ulong Inode) Identity(SafeFileHandle file)
    {
        Interop.statx_buf status = default;
        unsafe
        {
            fixed (byte* empty = "\0"u8)
            {
                if (Interop.statx((int)file.DangerousGetHandle(), empty, Interop.AT_EMPTY_PATH, Interop.STATX_BASIC_STATS, &status) != 0)
                    throw new LinuxException("statx", Marshal.GetLastPInvokeError());
            }
        }

        return (Interop.makedev(status.stx_dev_major, status.stx_dev_minor), status.stx_ino);
    }
}
