using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

// linux/fanotify.h, complete as of 6.18; the comment says since which kernel where that is later than 5.10.
internal static unsafe partial class Interop
{
    // Events.
    internal const ulong FAN_ACCESS = 0x0000_0001;
    internal const ulong FAN_MODIFY = 0x0000_0002;
    internal const ulong FAN_ATTRIB = 0x0000_0004;
    internal const ulong FAN_CLOSE_WRITE = 0x0000_0008;
    internal const ulong FAN_CLOSE_NOWRITE = 0x0000_0010;
    internal const ulong FAN_OPEN = 0x0000_0020;
    internal const ulong FAN_MOVED_FROM = 0x0000_0040;
    internal const ulong FAN_MOVED_TO = 0x0000_0080;
    internal const ulong FAN_CREATE = 0x0000_0100;
    internal const ulong FAN_DELETE = 0x0000_0200;
    internal const ulong FAN_DELETE_SELF = 0x0000_0400;
    internal const ulong FAN_MOVE_SELF = 0x0000_0800;
    internal const ulong FAN_OPEN_EXEC = 0x0000_1000;
    internal const ulong FAN_Q_OVERFLOW = 0x0000_4000;
    internal const ulong FAN_FS_ERROR = 0x0000_8000; // 5.16
    internal const ulong FAN_OPEN_PERM = 0x0001_0000;
    internal const ulong FAN_ACCESS_PERM = 0x0002_0000;
    internal const ulong FAN_OPEN_EXEC_PERM = 0x0004_0000;
    internal const ulong FAN_PRE_ACCESS = 0x0010_0000; // 6.14
    internal const ulong FAN_MNT_ATTACH = 0x0100_0000; // 6.15
    internal const ulong FAN_MNT_DETACH = 0x0200_0000; // 6.15
    internal const ulong FAN_EVENT_ON_CHILD = 0x0800_0000;
    internal const ulong FAN_RENAME = 0x1000_0000; // 5.17
    internal const ulong FAN_ONDIR = 0x4000_0000;

    // fanotify_init().
    internal const uint FAN_CLOEXEC = 0x0000_0001;
    internal const uint FAN_NONBLOCK = 0x0000_0002;
    internal const uint FAN_CLASS_NOTIF = 0x0000_0000;
    internal const uint FAN_CLASS_CONTENT = 0x0000_0004;
    internal const uint FAN_CLASS_PRE_CONTENT = 0x0000_0008;
    internal const uint FAN_UNLIMITED_QUEUE = 0x0000_0010;
    internal const uint FAN_UNLIMITED_MARKS = 0x0000_0020;
    internal const uint FAN_ENABLE_AUDIT = 0x0000_0040;
    internal const uint FAN_REPORT_PIDFD = 0x0000_0080; // 5.15
    internal const uint FAN_REPORT_TID = 0x0000_0100;
    internal const uint FAN_REPORT_FID = 0x0000_0200;
    internal const uint FAN_REPORT_DIR_FID = 0x0000_0400;
    internal const uint FAN_REPORT_NAME = 0x0000_0800;
    internal const uint FAN_REPORT_TARGET_FID = 0x0000_1000; // 5.17
    internal const uint FAN_REPORT_FD_ERROR = 0x0000_2000; // 6.13
    internal const uint FAN_REPORT_MNT = 0x0000_4000; // 6.15

    // fanotify_mark().
    internal const uint FAN_MARK_ADD = 0x0000_0001;
    internal const uint FAN_MARK_REMOVE = 0x0000_0002;
    internal const uint FAN_MARK_DONT_FOLLOW = 0x0000_0004;
    internal const uint FAN_MARK_ONLYDIR = 0x0000_0008;
    internal const uint FAN_MARK_IGNORED_MASK = 0x0000_0020;
    internal const uint FAN_MARK_IGNORED_SURV_MODIFY = 0x0000_0040;
    internal const uint FAN_MARK_FLUSH = 0x0000_0080;
    internal const uint FAN_MARK_EVICTABLE = 0x0000_0200; // 5.19
    internal const uint FAN_MARK_IGNORE = 0x0000_0400; // 6.0
    internal const uint FAN_MARK_INODE = 0x0000_0000;
    internal const uint FAN_MARK_MOUNT = 0x0000_0010;
    internal const uint FAN_MARK_FILESYSTEM = 0x0000_0100;
    internal const uint FAN_MARK_MNTNS = 0x0000_0110; // 6.15

    // Records after the metadata.
    internal const byte FAN_EVENT_INFO_TYPE_FID = 1;
    internal const byte FAN_EVENT_INFO_TYPE_DFID_NAME = 2;
    internal const byte FAN_EVENT_INFO_TYPE_DFID = 3;
    internal const byte FAN_EVENT_INFO_TYPE_PIDFD = 4;
    internal const byte FAN_EVENT_INFO_TYPE_ERROR = 5;
    internal const byte FAN_EVENT_INFO_TYPE_RANGE = 6; // 6.14
    internal const byte FAN_EVENT_INFO_TYPE_MNT = 7; // 6.15
    internal const byte FAN_EVENT_INFO_TYPE_OLD_DFID_NAME = 10;
    internal const byte FAN_EVENT_INFO_TYPE_NEW_DFID_NAME = 12;

    internal const byte FANOTIFY_METADATA_VERSION = 3;
    internal const int FAN_NOFD = -1;
    internal const int FAN_NOPIDFD = -1;
    internal const int FAN_EPIDFD = -2;

    // Responses.
    internal const uint FAN_ALLOW = 0x01;
    internal const uint FAN_DENY = 0x02;
    internal const uint FAN_AUDIT = 0x10;
    internal const uint FAN_INFO = 0x20; // 6.3

    /// <summary>6.14, only for groups of FAN_CLASS_PRE_CONTENT: a denial with this error number.</summary>
    internal static uint FAN_DENY_ERRNO(int errno) => FAN_DENY | (((uint)errno & 0xff) << 24);

    [StructLayout(LayoutKind.Sequential)]
    internal struct fanotify_event_metadata
    {
        public uint event_len;
        public byte vers;
        public byte reserved;
        public ushort metadata_len;
        public ulong mask;
        public int fd;
        public int pid;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct fanotify_event_info_header
    {
        public byte info_type;
        public byte pad;
        public ushort len;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct fanotify_event_info_pidfd
    {
        public fanotify_event_info_header hdr;
        public int pidfd;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct fanotify_event_info_error
    {
        public fanotify_event_info_header hdr;
        public int error;
        public uint error_count;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct fanotify_response
    {
        public int fd;
        public uint response;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle fanotify_init(uint flags, uint eventFlags);

    /// <summary>A null path marks what <paramref name="directory"/> itself is open on.</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int fanotify_mark(SafeFileHandle group, uint flags, ulong mask, SafeFileHandle directory, string? path);

    /// <summary>For the hot path, where the descriptor is the event's own; see fanotify_mark(2).</summary>
    [LibraryImport("libc", EntryPoint = "fanotify_mark", SetLastError = true)]
    internal static partial int fanotify_mark_fd(int group, uint flags, ulong mask, int fd, byte* path);

    /// <summary>With an absolute path.</summary>
    [LibraryImport("libc", EntryPoint = "fanotify_mark", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int fanotify_mark_path(SafeFileHandle group, uint flags, ulong mask, int directory, string? path);
}
