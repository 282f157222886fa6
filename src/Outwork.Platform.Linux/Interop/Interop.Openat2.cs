using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

// linux/openat2.h, and what of fcntl.h describes somebody else's open; glibc has no wrapper, hence syscall(2). The number is the
// same on all architectures.
internal static unsafe partial class Interop
{
    internal const nint SYS_openat2 = 437;
    internal const ulong RESOLVE_NO_MAGICLINKS = 0x02;
    internal const ulong RESOLVE_NO_SYMLINKS = 0x04;
    internal const ulong RESOLVE_IN_ROOT = 0x10;
    internal const ulong RESOLVE_CACHED = 0x20;
    internal const int O_ACCMODE = 3;
    internal const int O_EXCL = 0x80;
    internal const int O_TRUNC = 0x200;
    internal const int O_TMPFILE_BIT = 0x400000;
    internal const uint S_IFCHR = 0x2000, S_IFBLK = 0x6000;
    internal const int ENOTDIR = 20;
    internal const int ENAMETOOLONG = 36;

    [StructLayout(LayoutKind.Sequential)]
    internal struct open_how
    {
        public ulong flags;
        public ulong mode;
        public ulong resolve;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial SafeFileHandle openat2(nint number, SafeFileHandle directory, byte* path, open_how* how, nuint size);
}
