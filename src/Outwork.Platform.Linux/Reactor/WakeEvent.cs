using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Reactor;

/// <summary>An eventfd(2) by which any thread of this process wakes the one that polls it. Never shared with another process.</summary>
public sealed unsafe class WakeEvent : IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <summary>Creates it.</summary>
    public WakeEvent()
    {
        _handle = Interop.eventfd(0, Interop.EFD_CLOEXEC | Interop.EFD_NONBLOCK);
        if (_handle.IsInvalid) throw new LinuxException("eventfd", Marshal.GetLastPInvokeError());
    }

    /// <summary>For epoll.</summary>
    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Wakes the poller; wakes before the next <see cref="Clear"/> are one.</summary>
    public void Set()
    {
        ulong one = 1;
        _ = Interop.write_event(Descriptor, &one, sizeof(ulong));
    }

    /// <summary>Makes it wait again.</summary>
    public void Clear()
    {
        ulong count;
        _ = Interop.read_event(Descriptor, &count, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
