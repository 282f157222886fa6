using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;

namespace Outwork.Platform.Linux.ProductsUnderTest;

/// <summary>
/// A file that was asked about earlier, opened again to be asked about once more. Whoever names the path may be less privileged than this
/// process: only regular files are opened that everybody may read or somebody may execute, and nothing else is touched, no device
/// and no pipe.
/// </summary>
/// <param name="File">Open for reading; owned.</param>
/// <param name="Identity">What it is now.</param>
/// <param name="Mode">Its type and permissions, as st_mode.</param>
/// <param name="Owner">Its owner.</param>
public sealed record RecordedFile(SafeFileHandle File, FileIdentity Identity, uint Mode, uint Owner) : IDisposable
{
    private const uint Executable = 0b001_001_001;
    private const uint ReadableByAll = 0b000_000_100;

    /// <summary>Opens it; null when it is not there or not such a file.</summary>
    /// <param name="path">Absolute; symbolic links are followed but in the last part.</param>
    public static unsafe RecordedFile? Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!Path.IsPathRooted(path) || path.Contains('\0'))
            return null;

        // By name only, until it is known what it is: opening a device or a pipe may do something, or wait.
        using SafeFileHandle named = Interop.open(path, Interop.O_PATH | Interop.O_NOFOLLOW | Interop.O_CLOEXEC, 0);
        if (named.IsInvalid)
            return null;
        Interop.statx_buf status;
        byte empty = 0;
        if (Interop.statx((int)named.DangerousGetHandle(), &empty, Interop.AT_EMPTY_PATH, Interop.STATX_BASIC_STATS, &status) != 0)
            return null;
        if ((status.stx_mode & Interop.S_IFMT) != Interop.S_IFREG || (status.stx_mode & (Executable | ReadableByAll)) == 0)
            return null;
        SafeFileHandle file = Interop.open($"/proc/self/fd/{named.DangerousGetHandle()}", Interop.O_RDONLY | Interop.O_CLOEXEC, 0);
        if (file.IsInvalid)
        {
            file.Dispose();
            return null;
        }

        var identity = new FileIdentity(
            Interop.makedev(status.stx_dev_major, status.stx_dev_minor), status.stx_ino, status.stx_size, status.stx_mtime.Nanoseconds, status.stx_ctime.Nanoseconds);
        return new RecordedFile(file, identity, status.stx_mode, status.stx_uid);
    }

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();
}
