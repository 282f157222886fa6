using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Mounts;

/// <summary>
/// Hold of what is mounted somewhere, by a descriptor that only names it (O_PATH): what is done through it concerns this mount and no
/// other that covers it. To be given up soon, since it keeps the mount from being taken away.
/// </summary>
public sealed unsafe class MountPoint : IDisposable
{
    private readonly SafeFileHandle _directory;

    private MountPoint(SafeFileHandle directory) => _directory = directory;

    /// <summary>A path that leads to this very mount, whatever covers it.</summary>
    public string Path => $"/proc/self/fd/{_directory.DangerousGetHandle()}";

    /// <summary>
    /// Takes hold of a mount. Null when its path leads elsewhere: another mount covers it. May wait for the server of a file system on the
    /// way, for as long as that likes.
    /// </summary>
    public static MountPoint? Open(Mount mount)
    {
        SafeFileHandle directory = Interop.open(mount.MountPoint, Interop.O_PATH | Interop.O_CLOEXEC, 0);
        Interop.statx_buf s;
        byte empty = 0;
        if (!directory.IsInvalid
            && Interop.statx((int)directory.DangerousGetHandle(), &empty, Interop.AT_EMPTY_PATH | Interop.AT_STATX_DONT_SYNC, Interop.STATX_BASIC_STATS | Interop.STATX_MNT_ID, &s) == 0
            && IsOf(mount, s))
        {
            return new MountPoint(directory);
        }

        directory.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    // Before Linux 5.8 the number of the mount is not told; the device alone then tells a file system of another kind.
    private static bool IsOf(Mount mount, in Interop.statx_buf s) =>
        DeviceNumber.Format(Interop.makedev(s.stx_dev_major, s.stx_dev_minor)) == mount.Device
        && ((s.stx_mask & Interop.STATX_MNT_ID) == 0 || s.stx_mnt_id == mount.Id);
}
