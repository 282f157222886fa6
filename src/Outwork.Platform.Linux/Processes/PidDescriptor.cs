using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Processes;

/// <summary>pidfd_open(2): a process that cannot be mistaken for a later one with the same pid.</summary>
public static unsafe class PidDescriptor
{
    /// <summary>True until the process has been reaped by its parent, that is as long as its pid is its own.</summary>
    public static bool IsRunning(SafeFileHandle pidfd) =>
        Interop.pidfd_send_signal(pidfd, 0, null, 0) == 0
        || Marshal.GetLastPInvokeError() == Interop.EPERM;
}
