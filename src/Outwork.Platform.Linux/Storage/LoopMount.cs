using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Storage;

/// <summary>
/// Mounts the file system in a file. The loop device clears itself when the last mount of it ends, so that nothing is left of it when the
/// mount namespace that has it dies, however it dies. Source: drivers/block/loop.c.
/// </summary>
internal static unsafe class LoopMount
{
    private const string Control = "/dev/loop-control";

    // Others take free devices too.
    private const int MostAttempts = 32;

    /// <summary>Whether there is such a thing here, as far as it can be told without trying.</summary>
    public static bool IsPresent => File.Exists(Control);

    /// <summary>Mounts. The device keeps the open file, and so a lock on it, until the last mount has ended.</summary>
    /// <param name="image">The file, opened for reading and writing.</param>
    /// <param name="target">An existing folder, as the calling thread sees it.</param>
    /// <param name="flags">MS_* of the mount.</param>
    /// <exception cref="LinuxException">There is no loop device to be had, or what is in the file cannot be mounted.</exception>
    public static void Mount(SafeFileHandle image, string target, nuint flags)
    {
        // Held until it is mounted, or the device would clear itself.
        using SafeFileHandle device = Attach(image, out string path);
        if (Interop.mount(path, target, "ext4", flags, "errors=remount-ro") != 0)
            throw LinuxException.Last($"mount({path})");
    }

    private static SafeFileHandle Attach(SafeFileHandle image, out string path)
    {
        using SafeFileHandle control = Open(Control);
        for (int attempt = 1; ; attempt++)
        {
            int number = Interop.loop_ioctl(control, Interop.LOOP_CTL_GET_FREE, null);
            if (number < 0)
                throw LinuxException.Last("ioctl(LOOP_CTL_GET_FREE)");
            path = $"/dev/loop{number}";
            SafeFileHandle device = Open(path);
            Interop.loop_config config = new() { fd = (uint)image.DangerousGetHandle() };
            config.info.lo_flags = Interop.LO_FLAGS_AUTOCLEAR;
            if (Interop.loop_ioctl(device, Interop.LOOP_CONFIGURE, &config) == 0)
                return device;
            int errno = Marshal.GetLastPInvokeError();
            device.Dispose();
            if (errno != Interop.EBUSY || attempt == MostAttempts)
                throw new LinuxException("ioctl(LOOP_CONFIGURE)", errno);
        }
    }

    private static SafeFileHandle Open(string path)
    {
        SafeFileHandle handle = Interop.open(path, Interop.O_RDWR | Interop.O_CLOEXEC, 0);
        return handle.IsInvalid ? throw LinuxException.Last($"open({path})") : handle;
    }
}
