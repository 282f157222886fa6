using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// sys/pidfd.h
internal static unsafe partial class Interop
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial Microsoft.Win32.SafeHandles.SafeFileHandle pidfd_open(int pid, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pidfd_send_signal(SafeHandle pidfd, int signal, void* info, uint flags);
}
