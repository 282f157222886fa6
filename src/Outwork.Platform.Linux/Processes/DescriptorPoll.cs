using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux.Processes;

/// <summary>Waits until one of a few descriptors is readable (poll(2)). Reused; allocates only when it grows.</summary>
public sealed unsafe class DescriptorPoll
{
    private Interop.pollfd[] _entries = new Interop.pollfd[16];
    private int _count;

    /// <summary>Forgets the descriptors.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds a descriptor; returns its index for <see cref="IsReady"/>.</summary>
    public int Add(SafeHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        if (_count == _entries.Length)
            Array.Resize(ref _entries, _count * 2);
        _entries[_count] = new Interop.pollfd { fd = (int)handle.DangerousGetHandle(), events = Interop.POLLIN };
        return _count++;
    }

    /// <summary>Waits; returns early on a signal. Null waits without end.</summary>
    public void Wait(TimeSpan? timeout)
    {
        // Rounded up, so that what is due after the wait is due indeed.
        int milliseconds = timeout is { } limit ? (int)Math.Clamp(Math.Ceiling(limit.TotalMilliseconds), 0, int.MaxValue) : -1;
        fixed (Interop.pollfd* entries = _entries)
        {
            if (Interop.poll(entries, (nuint)_count, milliseconds) >= 0)
                return;
        }

        int error = Marshal.GetLastPInvokeError();
        if (error != Interop.EINTR)
            throw new LinuxException("poll", error);
        for (int i = 0; i < _count; i++)
            _entries[i].revents = 0;
    }

    /// <summary>True when whoever held the other end is gone.</summary>
    public bool IsHungUp(int index) => (_entries[index].revents & (Interop.POLLHUP | Interop.POLLERR)) != 0;

    /// <summary>True when the descriptor is readable or at its end.</summary>
    public bool IsReady(int index) => _entries[index].revents != 0;
}
