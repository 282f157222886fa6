using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// sys/stat.h
internal static unsafe partial class Interop
{
    internal const int AT_FDCWD = -100;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;

    [LibraryImport("libc")]
    internal static partial uint umask(uint mask);
}
