using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// time.h
internal static unsafe partial class Interop
{
    internal const int CLOCK_REALTIME = 0;
    internal const int CLOCK_MONOTONIC = 1;
    internal const int CLOCK_BOOTTIME = 7;

    [StructLayout(LayoutKind.Sequential)]
    internal struct timespec
    {
        public long tv_sec;
        public long tv_nsec;
    }

    /// <summary>Served by the vDSO, without a system call.</summary>
    [LibraryImport("libc")]
    [SuppressGCTransition]
    internal static partial int clock_gettime(int clock, timespec* time);
}
