using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sandbox.Attempts;

namespace Outwork.Platform.Linux.Sandbox;

/// <summary>
/// Is told of the calls that a filter refuses, or passes on to be looked at, and answers each (seccomp_unotify(2)). A caller that is not
/// answered waits, and gets ENOSYS when this is disposed of: refused either way. Nothing is let through because of what it points to:
/// what is in the caller's memory only decides what is told. One thread, which must not be one that others wait for.
/// </summary>
public sealed unsafe class RefusedCallListener : IDisposable
{
    private readonly SafeFileHandle _listener;
    private readonly uint _user;
    private readonly FileAttempts? _files;

    /// <param name="listener">What <see cref="SystemCallFilter.Apply"/> returned; owned.</param>
    /// <param name="user">The confined process's user, who may signal processes of its own.</param>
    /// <param name="files">Tells of files; null when the filter does not ask about them. Owned.</param>
    internal RefusedCallListener(SafeFileHandle listener, uint user, FileAttempts? files) : this(listener, user) => _files = files;

    /// <summary>One that lets calls with paths go on to the kernel and tells nothing of them.</summary>
    /// <param name="listener">A copy of what another one listens to; owned.</param>
    /// <param name="user">The confined process's user.</param>
    public RefusedCallListener(SafeFileHandle listener, uint user)
    {
        _listener = listener;
        _user = user;

        // The caller continues on this processor: both sleep and wake in turns. From Linux 6.6; without it all works, more slowly.
        _ = Interop.seccomp_ioctl(listener, Interop.SECCOMP_IOCTL_NOTIF_SET_FLAGS, (void*)Interop.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
    }

    /// <summary>Readable when a call waits, and when nobody is left under the filter.</summary>
    public SafeFileHandle Handle => _listener;

    /// <summary>Nobody is left under the filter.</summary>
    public bool HasEnded
    {
        get
        {
            var poll = new Interop.pollfd { fd = (int)_listener.DangerousGetHandle(), events = Interop.POLLIN };
            return Interop.poll(&poll, 1, 0) > 0 && (poll.revents & Interop.POLLIN) == 0;
        }
    }

    /// <summary>Answers the call that waits, if one does; never waits itself.</summary>
    /// <param name="refused">The call, when the answer is <see cref="CallAnswer.Refused"/> and it is worth telling; else null.</param>
    public CallAnswer Answer(out RefusedCall? refused)
    {
        refused = null;
        var poll = new Interop.pollfd { fd = (int)_listener.DangerousGetHandle(), events = Interop.POLLIN };
        if (Interop.poll(&poll, 1, 0) <= 0)
            return CallAnswer.None;
        if ((poll.revents & Interop.POLLIN) == 0)
            return CallAnswer.Ended;

        // The kernel wants it zeroed. A caller that is gone by now is no call.
        Interop.seccomp_notif call = default;
        if (Interop.seccomp_ioctl(_listener, Interop.SECCOMP_IOCTL_NOTIF_RECV, &call) != 0)
            return CallAnswer.None;
        bool passes = Passes(call.data, (int)call.pid, out string name, out string? target);
        int process = target is null ? 0 : ProcessOf((int)call.pid);

        // Still the caller that was looked at, and not another one with its number.
        ulong id = call.id;
        if (Interop.seccomp_ioctl(_listener, Interop.SECCOMP_IOCTL_NOTIF_ID_VALID, &id) != 0)
            return CallAnswer.None;
        var answer = new Interop.seccomp_notif_resp { id = call.id };
        if (passes)
            answer.flags = Interop.SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        else
            answer.error = -Interop.EPERM;
        _ = Interop.seccomp_ioctl(_listener, Interop.SECCOMP_IOCTL_NOTIF_SEND, &answer);
        if (target is not null)
            refused = new RefusedCall(name, process, target);
        return passes && target is null ? CallAnswer.Passed : CallAnswer.Refused;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _files?.Dispose();
    }

    // Whether the kernel is to go on with it, and what is told (null: nothing).
    private bool Passes(in Interop.seccomp_data call, int thread, out string name, out string? target)
    {
        if (FileCall.Of(call.nr) is { } file)
        {
            name = file.Call.Name;
            target = _files?.Find(file, call, thread);
            return true;
        }

        name = SystemCalls.NameOf(call.nr);
        bool own = IsSignalToOwn(call);
        target = own ? null : CallTargets.Describe(name, call, thread);
        return own;
    }

    // The kernel checks again whom the caller may signal: this decides only what is told.
    private bool IsSignalToOwn(in Interop.seccomp_data call)
    {
        if (call.nr != SystemCalls.Kill.Number && call.nr != SystemCalls.ThreadKill.Number && call.nr != SystemCalls.GroupThreadKill.Number)
            return false;
        int target = (int)call.args[0];

        // 0 is its own group, and -1 everybody whom this user may signal. A group has the number of its first process. What does not
        // exist is not signalled.
        return target is 0 or -1 or int.MinValue || !ProcStatus.TryGetRealUser(Math.Abs(target), out uint owner) || owner == _user;
    }

    private static int ProcessOf(int thread) => ProcStatus.TryGetProcess(thread, out int process) ? process : thread;
}
