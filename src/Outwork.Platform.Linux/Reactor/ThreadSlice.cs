using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux.Reactor;

/// <summary>
/// Scheduling of the calling thread. A short slice makes the scheduler run a woken thread at once (EEVDF picks by deadline,
/// and a thread that asks for little has an early one), which real-time priority does not do better: measured on two
/// cores, SCHED_FIFO costs a spawn a fifth, nice -20 with a slice of 0.1 ms a twentieth. Source: sched_setattr(2), kernel 6.12.
/// </summary>
public static unsafe class ThreadSlice
{
    /// <summary>Sets niceness and slice (ns) of the calling thread; false when the kernel refuses. A kernel before 6.12 ignores the slice.</summary>
    public static bool TrySet(int nice, ulong sliceNs)
    {
        var attributes = new Interop.sched_attr
        {
            size = (uint)sizeof(Interop.sched_attr),
            sched_nice = nice,
            sched_runtime = sliceNs,
        };
        return Interop.syscall_sched_setattr(Interop.SYS_sched_setattr, 0, &attributes, 0) == 0;
    }

    /// <summary>Sets the slice (ns) of the calling thread and keeps its niceness; needs no privilege.</summary>
    public static bool TrySetSlice(ulong sliceNs) => TrySet(Interop.getpriority(Interop.PRIO_PROCESS, 0), sliceNs);
}
