using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

// poll.h, sys/eventfd.h
internal static unsafe partial class Interop
{
    internal const short POLLIN = 0x001;
    internal const int EFD_CLOEXEC = 0x80000;
    internal const int EFD_NONBLOCK = 0x800;

    [StructLayout(LayoutKind.Sequential)]
    internal struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(pollfd* descriptors, nuint count, int timeoutMs);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd_write(SafeFileHandle descriptor, ulong value);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd_read(SafeFileHandle descriptor, ulong* value);
}
