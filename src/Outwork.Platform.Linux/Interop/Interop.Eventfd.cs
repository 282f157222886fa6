using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

/// <summary>sys/eventfd.h.</summary>
internal static partial class Interop
{
    internal const int EFD_CLOEXEC = 0x80000;
    internal const int EFD_NONBLOCK = 0x800;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle eventfd(uint initval, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd_write(SafeFileHandle fd, ulong value);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int eventfd_read(SafeFileHandle fd, ulong* value);
}
