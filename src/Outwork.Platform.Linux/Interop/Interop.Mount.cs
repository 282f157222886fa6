using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// sys/mount.h
internal static unsafe partial class Interop
{
    internal const nuint MS_RDONLY = 1;
    internal const nuint MS_NOSUID = 2;
    internal const nuint MS_NODEV = 4;
    internal const nuint MS_NOEXEC = 8;
    internal const nuint MS_REMOUNT = 32;
    internal const nuint MS_BIND = 4096;
    internal const nuint MS_REC = 16384;
    internal const nuint MS_PRIVATE = 1 << 18;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string? source, string target, string? type, nuint flags, string? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int umount2(string target, int flags);
}
