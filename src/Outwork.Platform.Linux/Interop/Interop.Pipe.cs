using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

// unistd.h and fcntl.h, as far as pipes need them
internal static unsafe partial class Interop
{
    internal const int F_SETFL = 4;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pipe2(int* pipefd, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint read_log(SafeFileHandle fd, byte* buf, nuint count);
}
