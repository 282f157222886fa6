using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Processes;

/// <summary>Wakes a <see cref="DescriptorPoll"/> from another thread (eventfd(2)).</summary>
public sealed class WakeUp : IDisposable
{
    private readonly SafeFileHandle _event;

    /// <summary>Creates it, not raised.</summary>
    public WakeUp()
    {
        _event = Interop.eventfd(0, Interop.EFD_CLOEXEC | Interop.EFD_NONBLOCK);
        if (_event.IsInvalid)
            throw new LinuxException("eventfd", Marshal.GetLastPInvokeError());
    }

    /// <summary>Readable once raised.</summary>
    public SafeHandle Handle => _event;

    /// <summary>Raises it; any thread.</summary>
    public void Raise() => _ = Interop.eventfd_write(_event, 1);

    /// <summary>Lowers it again, for the next time.</summary>
    public unsafe void Clear()
    {
        ulong count;
        _ = Interop.eventfd_read(_event, &count);
    }

    /// <inheritdoc/>
    public void Dispose() => _event.Dispose();
}
