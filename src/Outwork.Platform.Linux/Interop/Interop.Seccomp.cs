using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

// linux/seccomp.h, linux/filter.h, linux/audit.h; glibc has no wrapper, hence syscall(2)
internal static unsafe partial class Interop
{
    internal const uint SECCOMP_SET_MODE_FILTER = 1;
    internal const uint SECCOMP_GET_ACTION_AVAIL = 2;
    internal const uint SECCOMP_FILTER_FLAG_NEW_LISTENER = 1 << 3;
    internal const uint SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 1 << 5;
    internal const uint SECCOMP_RET_KILL_PROCESS = 0x80000000;
    internal const uint SECCOMP_RET_ERRNO = 0x00050000;
    internal const uint SECCOMP_RET_USER_NOTIF = 0x7fc00000;
    internal const uint SECCOMP_RET_ALLOW = 0x7fff0000;
    internal const uint SECCOMP_USER_NOTIF_FLAG_CONTINUE = 1;
    internal const uint SECCOMP_IOCTL_NOTIF_RECV = 0xc0502100;
    internal const uint SECCOMP_IOCTL_NOTIF_SEND = 0xc0182101;
    internal const uint SECCOMP_IOCTL_NOTIF_ID_VALID = 0x40082102;
    internal const uint SECCOMP_IOCTL_NOTIF_SET_FLAGS = 0x40082104;
    internal const uint SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP = 1;
    internal const uint AUDIT_ARCH_X86_64 = 0xc000003e;
    internal const uint AUDIT_ARCH_AARCH64 = 0xc00000b7;
    internal const int ENOSYS = 38;

    internal const ushort BPF_LD_W_ABS = 0x20;
    internal const ushort BPF_JMP_JEQ_K = 0x15;
    internal const ushort BPF_JMP_JGE_K = 0x35;
    internal const ushort BPF_JMP_JSET_K = 0x45;
    internal const ushort BPF_ALU_AND_K = 0x54;
    internal const ushort BPF_RET_K = 0x06;

    /// <summary>The number of seccomp(2) on this machine's architecture.</summary>
    internal static nint SYS_seccomp => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 277 : 317;

    [StructLayout(LayoutKind.Sequential)]
    internal struct sock_filter
    {
        public ushort code;
        public byte jt;
        public byte jf;
        public uint k;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct sock_fprog
    {
        public ushort len;
        public sock_filter* filter;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct seccomp_data
    {
        public int nr;
        public uint arch;
        public ulong instruction_pointer;
        public fixed ulong args[6];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct seccomp_notif
    {
        public ulong id;
        public uint pid;
        public uint flags;
        public seccomp_data data;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct seccomp_notif_resp
    {
        public ulong id;
        public long val;
        public int error;
        public uint flags;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint seccomp(nint number, uint operation, uint flags, void* arguments);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int seccomp_ioctl(SafeFileHandle fd, nuint request, void* argument);
}
