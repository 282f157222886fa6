using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Control;

namespace Outwork.Platform.Linux.Fanotify;

/// <summary>
/// Tries each part of fanotify that we use. Marks are set on a memfd of our own, which nobody opens, so that no process
/// can ever wait for the probe. May be called from any thread, before the broker guards.
/// </summary>
public static class FanotifyProbe
{
    private const uint Base = Interop.FAN_CLASS_CONTENT | Interop.FAN_CLOEXEC | Interop.FAN_NONBLOCK;

    /// <summary>Probes.</summary>
    /// <exception cref="LinuxException">No memfd can be made.</exception>
    public static FanotifyCapabilities Probe()
    {
        List<MechanismStatus> found = [];
        using SafeFileHandle file = Interop.memfd_create("outwork-probe", Interop.MFD_CLOEXEC);
        if (file.IsInvalid)
            throw new LinuxException("memfd_create", Marshal.GetLastPInvokeError());

        bool Init(string name, uint flags, string gives, string lost)
        {
            using SafeFileHandle group = Interop.fanotify_init(Base | flags, 0);
            return Add(found, name, !group.IsInvalid, gives, lost);
        }

        bool Mark(string name, uint flags, ulong mask, string gives, string lost)
        {
            using SafeFileHandle group = Interop.fanotify_init(Base, 0);
            bool works = !group.IsInvalid && Interop.fanotify_mark(group, Interop.FAN_MARK_ADD | flags, mask, file, path: null) == 0;
            return Add(found, name, works, gives, lost);
        }

        FanotifyCapabilities capabilities = new()
        {
            Permission = Init("fanotify.permission", 0,
                "programs and files are judged before they run or open", "Nothing can be refused."),
            Unlimited = Init("fanotify.unlimited", Interop.FAN_UNLIMITED_QUEUE | Interop.FAN_UNLIMITED_MARKS,
                "neither queue nor marks are bounded", "More than 16,384 waiting events are let through and counted."),
            PidFd = Init("fanotify.pidfd", Interop.FAN_REPORT_PIDFD,
                "each event names its process by pidfd", "A process is recognised by pid and start time."),
            FdError = Init("fanotify.fd-error", Interop.FAN_REPORT_FD_ERROR,
                "an event whose file cannot be opened tells why", "Such an event is refused by the kernel without being told."),
            OpenExecPerm = Mark("fanotify.open-exec-perm", 0, Interop.FAN_OPEN_EXEC_PERM,
                "execution is judged", "Program starts cannot be refused."),
            OpenPerm = Mark("fanotify.open-perm", 0, Interop.FAN_OPEN_PERM,
                "opens are judged", "Scripts, preloaded libraries and programs given to the loader cannot be refused."),
            IgnoreMarks = Mark("fanotify.ignore-marks", Interop.FAN_MARK_IGNORE, Interop.FAN_OPEN_PERM | Interop.FAN_OPEN_EXEC_PERM,
                "the kernel remembers what is allowed", "Each allowed start costs a round trip to the broker."),
            EvictableMarks = Mark("fanotify.evictable-marks", Interop.FAN_MARK_EVICTABLE | Interop.FAN_MARK_IGNORED_MASK,
                Interop.FAN_OPEN_PERM | Interop.FAN_OPEN_EXEC_PERM,
                "what the kernel remembers gives way under memory pressure", "What is allowed is not remembered in the kernel."),
        };
        return capabilities with { Mechanisms = [.. found] };
    }

    private static bool Add(List<MechanismStatus> found, string name, bool works, string gives, string lost)
    {
        // The error number is that of the last call that failed: read it before anything else is called.
        int error = works ? 0 : Marshal.GetLastPInvokeError();
        found.Add(works
            ? new MechanismStatus(name, InForce: true, gives, "")
            : new MechanismStatus(name, InForce: false, Marshal.GetPInvokeErrorMessage(error), lost));
        return works;
    }
}
