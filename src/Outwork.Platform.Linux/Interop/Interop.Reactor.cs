using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// What the reactor calls on descriptors that belong to an event, not to a SafeHandle: each call is on the path of a verdict.
internal static unsafe partial class Interop
{
    internal const int O_RDONLY = 0, O_NONBLOCK = 0x800, O_NOATIME = 0x40000;

    /// <summary>The kernel's value: the C library defines it as 0 on 64 bits, and without it an event about a file above 2 GiB cannot be received.</summary>
    internal const int O_LARGEFILE = 0x8000;
    internal const int ENFILE = 23;
    internal const int SYS_sched_setattr = 314;

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint read_event(int fd, void* buf, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint write_event(int fd, void* buf, nuint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int close_event(int fd);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    internal static partial int open_proc(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true)]
    internal static partial nint readlink_raw(byte* path, byte* buf, nuint size);

    internal const int F_SETLEASE = 1024, F_RDLCK = 0, F_UNLCK = 2;
    internal const int SIGIO = 29;
    internal const nint SIG_IGN = 1;

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int fcntl_event(int fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int dup_event(int fd, int command, int minimum);

    internal const int PRIO_PROCESS = 0;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getpriority(int which, uint who);

    /// <summary>struct sched_attr of linux/sched/types.h, without the parts of later kernels.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct sched_attr
    {
        internal uint size, sched_policy;
        internal ulong sched_flags;
        internal int sched_nice;
        internal uint sched_priority;
        internal ulong sched_runtime, sched_deadline, sched_period;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long syscall_sched_setattr(long number, int pid, sched_attr* attr, uint flags);
}
