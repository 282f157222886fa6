using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

// linux/landlock.h; glibc has no wrappers, hence syscall(2). The numbers are the same on all architectures.
internal static unsafe partial class Interop
{
    internal const nint SYS_landlock_create_ruleset = 444;
    internal const nint SYS_landlock_add_rule = 445;
    internal const nint SYS_landlock_restrict_self = 446;
    internal const uint LANDLOCK_CREATE_RULESET_VERSION = 1;
    internal const int LANDLOCK_RULE_PATH_BENEATH = 1;
    internal const ulong LANDLOCK_ACCESS_FS_EXECUTE = 1 << 0;
    internal const ulong LANDLOCK_ACCESS_FS_WRITE_FILE = 1 << 1;
    internal const ulong LANDLOCK_ACCESS_FS_READ_FILE = 1 << 2;
    internal const ulong LANDLOCK_ACCESS_FS_READ_DIR = 1 << 3;
    internal const ulong LANDLOCK_ACCESS_FS_MAKE_CHAR = 1 << 6;
    internal const ulong LANDLOCK_ACCESS_FS_MAKE_BLOCK = 1 << 11;
    internal const ulong LANDLOCK_ACCESS_FS_REFER = 1 << 13;
    internal const ulong LANDLOCK_ACCESS_FS_TRUNCATE = 1 << 14;
    internal const ulong LANDLOCK_ACCESS_FS_IOCTL_DEV = 1 << 15;
    internal const ulong LANDLOCK_ACCESS_NET_BIND_TCP = 1 << 0;
    internal const ulong LANDLOCK_ACCESS_NET_CONNECT_TCP = 1 << 1;
    internal const ulong LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET = 1 << 0;
    internal const ulong LANDLOCK_SCOPE_SIGNAL = 1 << 1;

    [StructLayout(LayoutKind.Sequential)]
    internal struct landlock_ruleset_attr
    {
        public ulong handled_access_fs;
        public ulong handled_access_net;
        public ulong scoped;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal struct landlock_path_beneath_attr
    {
        public ulong allowed_access;
        public int parent_fd;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint landlock_create_ruleset(nint number, landlock_ruleset_attr* attr, nuint size, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint landlock_add_rule(nint number, SafeFileHandle ruleset, int type, void* attr, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint landlock_restrict_self(nint number, SafeFileHandle ruleset, uint flags);
}
