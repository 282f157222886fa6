using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// sys/file.h
internal static unsafe partial class Interop
{
    internal const int LOCK_EX = 2;
    internal const int LOCK_NB = 4;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int flock(SafeHandle fd, int operation);
}
