using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// sys/uio.h
internal static partial class Interop
{
    internal const int RWF_NOWAIT = 0x8;

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint preadv2(int fd, iovec* iov, int iovcnt, long offset, int flags);
}
