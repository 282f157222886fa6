using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Processes;

namespace Outwork.Platform.Linux.Processes;

/// <summary>A child held by its pidfd.</summary>
internal sealed unsafe class LinuxProcess(int pid, SafeFileHandle pidfd) : LaunchedProcess
{
    private ProcessExit? _exit;

    public override int ProcessId => pid;

    public override SafeHandle Handle => pidfd;

    public override ProcessExit? TryGetExit()
    {
        if (_exit is not null)
            return _exit;

        Interop.siginfo_t info = default;
        int result;
        do
        {
            result = Interop.waitid(Interop.P_PIDFD, (int)pidfd.DangerousGetHandle(), &info, Interop.WEXITED | Interop.WNOHANG);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interop.EINTR);

        if (result < 0)
            throw new LinuxException("waitid", Marshal.GetLastPInvokeError());
        if (info.si_pid == 0)
            return null;
        _exit = info.si_code == Interop.CLD_EXITED ? new ProcessExit(info.si_status, 0) : new ProcessExit(0, info.si_status);
        return _exit;
    }

    public override ProcessExit? WaitForExit(TimeSpan timeout)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (TryGetExit() is null)
        {
            long left = deadline - Environment.TickCount64;
            if (left <= 0)
                return null;
            var poll = new Interop.pollfd { fd = (int)pidfd.DangerousGetHandle(), events = Interop.POLLIN };
            _ = Interop.poll(&poll, 1, (int)left);
        }

        return _exit;
    }

    public override void RequestEnd() => Send(Interop.SIGTERM);

    public override void Kill() => Send(Interop.SIGKILL);

    public override void PrepareKill() => Send(0);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            pidfd.Dispose();
    }

    // ESRCH: it has ended already, which is what the caller wanted.
    private void Send(int signal)
    {
        bool isHeld = false;
        try
        {
            // Another thread may close it at the same moment, when it has ended.
            pidfd.DangerousAddRef(ref isHeld);
            _ = Interop.pidfd_send_signal(pidfd, signal, null, 0);
        }
        catch (ObjectDisposedException)
        {
        }
        finally
        {
            if (isHeld)
                pidfd.DangerousRelease();
        }
    }
}
