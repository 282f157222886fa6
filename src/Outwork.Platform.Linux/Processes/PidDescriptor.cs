using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Processes;

/// <summary>pidfd_open(2): a process that cannot be mistaken for a later one with the same pid.</summary>
public static unsafe class PidDescriptor
{
    /// <summary>True when there is a process of this number. A thread's number is none, although /proc has a folder for it.</summary>
    public static bool IsProcess(int pid)
    {
        using SafeFileHandle process = Interop.pidfd_open(pid, 0);
        return !process.IsInvalid;
    }

    /// <summary>True until the process has been reaped by its parent, that is as long as its pid is its own.</summary>
    public static bool IsRunning(SafeFileHandle pidfd) =>
        Interop.pidfd_send_signal(pidfd, 0, null, 0) == 0
        || Marshal.GetLastPInvokeError() == Interop.EPERM;
}
