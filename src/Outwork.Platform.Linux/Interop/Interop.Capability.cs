using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// linux/capability.h, sys/capability.h
internal static unsafe partial class Interop
{
    internal const uint _LINUX_CAPABILITY_VERSION_3 = 0x20080522;

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
