using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// unistd.h
internal static unsafe partial class Interop
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getpgid(int pid);
}
