using Outwork.Contracts.Control;

namespace Outwork.Platform.Linux.Fanotify;

/// <summary>What this kernel's fanotify can do, found by trying.</summary>
public sealed record FanotifyCapabilities
{
    /// <summary>Permission events at all (FAN_CLASS_CONTENT).</summary>
    public bool Permission { get; init; }

    /// <summary>The event queue and the number of marks need not be bounded (CAP_SYS_ADMIN).</summary>
    public bool Unlimited { get; init; }

    /// <summary>A pidfd with each event (5.15).</summary>
    public bool PidFd { get; init; }

    /// <summary>The error in place of a descriptor that cannot be opened (6.13).</summary>
    public bool FdError { get; init; }

    /// <summary>FAN_OPEN_EXEC_PERM.</summary>
    public bool OpenExecPerm { get; init; }

    /// <summary>FAN_OPEN_PERM.</summary>
    public bool OpenPerm { get; init; }

    /// <summary>Ignore marks with their own flags (FAN_MARK_IGNORE, 6.0).</summary>
    public bool IgnoreMarks { get; init; }

    /// <summary>Marks that do not hold their inode in memory (FAN_MARK_EVICTABLE, 5.19).</summary>
    public bool EvictableMarks { get; init; }

    /// <summary>The same for the status. In force means available here: the listener says what it uses.</summary>
    public MechanismStatus[] Mechanisms { get; init; } = [];

    /// <summary>Flags for fanotify_init with everything above that helps a listener of permission events.</summary>
    internal uint InitFlags =>
        Interop.FAN_CLASS_CONTENT | Interop.FAN_CLOEXEC | Interop.FAN_NONBLOCK
        | (Unlimited ? Interop.FAN_UNLIMITED_QUEUE | Interop.FAN_UNLIMITED_MARKS : 0)
        | (PidFd ? Interop.FAN_REPORT_PIDFD : 0)
        | (FdError ? Interop.FAN_REPORT_FD_ERROR : 0);
}
