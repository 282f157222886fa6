using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Fanotify;

/// <summary>Descriptors that came with events.</summary>
public static class EventDescriptor
{
    /// <summary>A duplicate that its holder closes, or null when no descriptor is left.</summary>
    public static SafeFileHandle? TryDuplicate(int descriptor)
    {
        int copy = Interop.dup_event(descriptor, Interop.F_DUPFD_CLOEXEC, 3);
        return copy < 0 ? null : new SafeFileHandle(copy, ownsHandle: true);
    }
}
