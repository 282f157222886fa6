using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Sandbox;

/// <summary>
/// Is told of the calls that a filter refuses and answers each (seccomp_unotify(2)). A caller that is not answered waits, and gets
/// ENOSYS when this is disposed of: refused either way. One thread.
/// </summary>
/// <param name="listener">What <see cref="SystemCallFilter.Apply"/> returned.</param>
/// <param name="userId">The confined process's user, who may signal processes of its own.</param>
public sealed unsafe class RefusedCallListener(SafeFileHandle listener, uint userId) : IDisposable
{
    /// <summary>Readable when a call waits, and when nobody is left under the filter.</summary>
    public SafeFileHandle Handle => listener;

    /// <summary>Takes over a descriptor that came as a message over the socket; null when none has come yet, or none will.</summary>
    /// <param name="reporter">The other end of what <see cref="Processes.ConfinementSpec.Reporter"/> was.</param>
    /// <param name="userId">The confined process's user.</param>
    /// <param name="ended">Whether none will come.</param>
    public static RefusedCallListener? TryTake(SafeFileHandle reporter, uint userId, out bool ended)
    {
        Span<byte> text = stackalloc byte[16];
        Span<int> descriptors = stackalloc int[1];
        int received = Sessions.DescriptorMessage.Receive(reporter, text, descriptors, wait: false);
        ended = received != -Interop.EAGAIN && descriptors[0] < 0;
        return descriptors[0] < 0 ? null : new RefusedCallListener(new SafeFileHandle(descriptors[0], ownsHandle: true), userId);
    }

    /// <summary>
    /// Answers the call that waits. False when nobody is left under the filter. Call it only when <see cref="Handle"/> is readable:
    /// it waits for a call otherwise.
    /// </summary>
    /// <param name="refused">The call that was refused; null when it was let through, or its caller is gone.</param>
    public bool Answer(out RefusedCall? refused)
    {
        refused = null;
        var poll = new Interop.pollfd { fd = (int)listener.DangerousGetHandle(), events = Interop.POLLIN };
        if (Interop.poll(&poll, 1, 0) <= 0)
            return true;
        if ((poll.revents & Interop.POLLIN) == 0)
            return false;

        // The kernel wants it zeroed.
        Interop.seccomp_notif call = default;
        if (Interop.seccomp_ioctl(listener, Interop.SECCOMP_IOCTL_NOTIF_RECV, &call) != 0)
            return true;
        bool own = IsSignalToOwn(call.data);
        var answer = new Interop.seccomp_notif_resp { id = call.id };
        if (own)
            answer.flags = Interop.SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        else
            answer.error = -Interop.EPERM;
        _ = Interop.seccomp_ioctl(listener, Interop.SECCOMP_IOCTL_NOTIF_SEND, &answer);
        if (!own)
            refused = new RefusedCall(SystemCalls.NameOf(call.data.nr), (int)call.pid, call.data.args[0]);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();

    // The kernel checks again whom the caller may signal: this decides only what is told.
    private bool IsSignalToOwn(in Interop.seccomp_data data)
    {
        if (data.nr != SystemCalls.Kill.Number)
            return false;
        int target = (int)data.args[0];

        // A group or, for -1, everybody whom this user may signal; or nobody.
        return target <= 0 || !Processes.ProcStatus.TryGetRealUser(target, out uint owner) || owner == userId;
    }
}
