using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// sys/uio.h
internal static partial class Interop
{
    internal const int RWF_NOWAIT = 0x8;

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint process_vm_readv(int pid, iovec* local, nuint localCount, iovec* remote, nuint remoteCount, nuint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint preadv2(int fd, iovec* iov, int iovcnt, long offset, int flags);
}
