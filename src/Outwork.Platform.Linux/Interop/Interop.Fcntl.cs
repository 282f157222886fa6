using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

/// <summary>fcntl.h, and ftruncate of unistd.h.</summary>
internal static partial class Interop
{
    internal const int F_SETFD = 2;
    internal const int FD_CLOEXEC = 1;
    internal const int F_ADD_SEALS = 1033;
    internal const int F_GET_SEALS = 1034;
    internal const int F_SEAL_SEAL = 0x01;
    internal const int F_SEAL_SHRINK = 0x02;
    internal const int F_SEAL_GROW = 0x04;
    internal const int F_SEAL_WRITE = 0x08;
    internal const int F_SEAL_FUTURE_WRITE = 0x10;

    // fcntl is variadic; on x86-64 and arm64 Linux an integer third argument goes where a fixed one would.
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(SafeFileHandle fd, int cmd, int arg);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ftruncate(SafeFileHandle fd, long length);
}
