using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

// sys/socket.h, linux/netlink.h, linux/connector.h, linux/cn_proc.h
internal static unsafe partial class Interop
{
    internal const int PF_NETLINK = 16;
    internal const int SOCK_DGRAM = 2;
    internal const int NETLINK_CONNECTOR = 11;
    internal const int SO_RCVBUFFORCE = 33;
    internal const ushort NLMSG_DONE = 3;
    internal const uint CN_IDX_PROC = 1;
    internal const uint CN_VAL_PROC = 1;
    internal const uint PROC_CN_MCAST_LISTEN = 1;
    internal const uint PROC_CN_MCAST_IGNORE = 2;
    internal const uint PROC_EVENT_NONE = 0;
    internal const uint PROC_EVENT_FORK = 0x0000_0001;
    internal const uint PROC_EVENT_EXEC = 0x0000_0002;
    internal const uint PROC_EVENT_EXIT = 0x8000_0000;

    [StructLayout(LayoutKind.Sequential)]
    internal struct sockaddr_nl
    {
        public ushort nl_family;
        public ushort nl_pad;
        public uint nl_pid;
        public uint nl_groups;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct nlmsghdr
    {
        public uint nlmsg_len;
        public ushort nlmsg_type;
        public ushort nlmsg_flags;
        public uint nlmsg_seq;
        public uint nlmsg_pid;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct cn_msg
    {
        public uint idx;
        public uint val;
        public uint seq;
        public uint ack;
        public ushort len;
        public ushort flags;
    }

    /// <summary>The part of every event before its data.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct proc_event
    {
        public uint what;
        public uint cpu;
        public ulong timestamp_ns;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct fork_proc_event
    {
        public int parent_pid;
        public int parent_tgid;
        public int child_pid;
        public int child_tgid;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct exec_proc_event
    {
        public int process_pid;
        public int process_tgid;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct exit_proc_event
    {
        public int process_pid;
        public int process_tgid;
        public uint exit_code;
        public uint exit_signal;
        public int parent_pid;
        public int parent_tgid;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial SafeFileHandle netlink_socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static partial int netlink_bind(SafeFileHandle socket, sockaddr_nl* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int netlink_setsockopt(SafeFileHandle socket, int level, int name, void* value, int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    internal static partial nint netlink_send(SafeFileHandle socket, void* message, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    internal static partial nint netlink_recvfrom(SafeFileHandle socket, void* buffer, nuint length, int flags, sockaddr_nl* sender, int* senderLength);
}
