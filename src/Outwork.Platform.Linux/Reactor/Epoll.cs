using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Reactor;

/// <summary>What a descriptor is waited for.</summary>
[Flags]
public enum PollFor
{
    /// <summary>Errors and hang-up in both directions only, which are always told.</summary>
    None = 0,

    /// <summary>Something to read, or that nothing will come any more.</summary>
    Read = 1,

    /// <summary>An exceptional condition: mountinfo tells changes so.</summary>
    Priority = 2,

    /// <summary>Told once for each change rather than as long as it lasts.</summary>
    Edge = 4,
}

/// <summary>epoll(7) with a 64-bit token for each descriptor. One thread waits; <see cref="Add"/> and <see cref="Remove"/> belong to it.</summary>
public sealed unsafe class Epoll : IDisposable
{
    private const int MaxEvents = 64;
    private readonly SafeFileHandle _handle;
    private readonly Interop.epoll_event[] _events = GC.AllocateArray<Interop.epoll_event>(MaxEvents, pinned: true);

    /// <summary>Creates it.</summary>
    public Epoll()
    {
        int fd = Interop.epoll_create1(Interop.EPOLL_CLOEXEC);
        if (fd < 0) throw new LinuxException("epoll_create1", Marshal.GetLastPInvokeError());
        _handle = new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>Waits for a descriptor from now on.</summary>
    public void Add(int descriptor, PollFor what, ulong token)
    {
        uint events = 0;
        if (what.HasFlag(PollFor.Read)) events |= Interop.EPOLLIN | Interop.EPOLLRDHUP;
        if (what.HasFlag(PollFor.Priority)) events |= Interop.EPOLLPRI;
        if (what.HasFlag(PollFor.Edge)) events |= Interop.EPOLLET;
        var e = new Interop.epoll_event { events = events, data = token };
        if (Interop.epoll_ctl(Fd, Interop.EPOLL_CTL_ADD, descriptor, &e) != 0) throw new LinuxException("epoll_ctl", Marshal.GetLastPInvokeError());
    }

    /// <summary>Waits for it no longer. To be called before the descriptor is closed.</summary>
    public void Remove(int descriptor) => _ = Interop.epoll_ctl(Fd, Interop.EPOLL_CTL_DEL, descriptor, null);

    /// <summary>Waits, at most for the time given (ms), and fills the tokens of what is ready.</summary>
    public int Wait(Span<PollResult> results, int timeoutMs)
    {
        int count;
        fixed (Interop.epoll_event* events = _events) count = Interop.epoll_wait(Fd, events, Math.Min(results.Length, MaxEvents), timeoutMs);
        if (count < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            return errno == Interop.EINTR ? 0 : throw new LinuxException("epoll_wait", errno);
        }
        for (int i = 0; i < count; i++)
            results[i] = new PollResult(_events[i].data, (_events[i].events & (Interop.EPOLLHUP | Interop.EPOLLRDHUP)) != 0);
        return count;
    }

    /// <summary>Readable while something is ready, so that another wait can include this one.</summary>
    public SafeHandle Handle => _handle;

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private int Fd => (int)_handle.DangerousGetHandle();
}

/// <summary>One descriptor that is ready.</summary>
/// <param name="Token">As given to <see cref="Epoll.Add"/>.</param>
/// <param name="HungUp">True when the other side has gone.</param>
public readonly record struct PollResult(ulong Token, bool HungUp);
