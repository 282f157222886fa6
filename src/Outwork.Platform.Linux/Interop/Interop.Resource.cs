using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// sys/resource.h
internal static unsafe partial class Interop
{
    internal const int RLIMIT_DATA = 2;
    internal const int RLIMIT_CORE = 4;
    internal const int RLIMIT_NPROC = 6;
    internal const int RLIMIT_NOFILE = 7;

    [StructLayout(LayoutKind.Sequential)]
    internal struct rlimit
    {
        public ulong rlim_cur;
        public ulong rlim_max;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getrlimit(int resource, rlimit* limit);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setrlimit(int resource, rlimit* limit);
}
