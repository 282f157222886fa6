using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// linux/capability.h, sys/capability.h
internal static unsafe partial class Interop
{
    internal const uint _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
    internal const int CAP_DAC_READ_SEARCH = 2;
    internal const int CAP_FOWNER = 3;
    internal const int CAP_LEASE = 28;
    internal const int CAP_KILL = 5;
    internal const int CAP_SETGID = 6;
    internal const int CAP_SETUID = 7;
    internal const int CAP_SETPCAP = 8;
    internal const int CAP_NET_ADMIN = 12;
    internal const int CAP_SYS_PTRACE = 19;
    internal const int CAP_SYS_ADMIN = 21;
    internal const int CAP_SYS_NICE = 23;
    internal const int CAP_SYS_RESOURCE = 24;
    internal const int CAP_PERFMON = 38;
    internal const int CAP_BPF = 39;

    [StructLayout(LayoutKind.Sequential)]
    internal struct cap_user_header_t
    {
        public uint version;
        public int pid;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct cap_user_data_t
    {
        public uint effective;
        public uint permitted;
        public uint inheritable;
    }

    /// <summary>Version 3 takes two elements of data.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int capset(cap_user_header_t* header, cap_user_data_t* data);
}
