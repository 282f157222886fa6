using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

internal static partial class Interop
{
    // linux/stat.h, fcntl.h
    internal const int AT_STATX_DONT_SYNC = 0x4000;
    internal const uint STATX_BASIC_STATS = 0x7ff, STATX_MNT_ID = 0x1000;
    internal const uint S_IFMT = 0xF000, S_IFREG = 0x8000, S_IFDIR = 0x4000, S_IFLNK = 0xA000;

    /// <summary>struct statx_timestamp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct statx_timestamp
    {
        internal long tv_sec;
        internal uint tv_nsec;
        internal int reserved;

        internal readonly long Nanoseconds => (tv_sec * 1_000_000_000) + tv_nsec;
    }

    /// <summary>struct statx: 256 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    internal struct statx_buf
    {
        internal uint stx_mask, stx_blksize;
        internal ulong stx_attributes;
        internal uint stx_nlink, stx_uid, stx_gid;
        internal ushort stx_mode, spare0;
        internal ulong stx_ino, stx_size, stx_blocks, stx_attributes_mask;
        internal statx_timestamp stx_atime, stx_btime, stx_ctime, stx_mtime;
        internal uint stx_rdev_major, stx_rdev_minor, stx_dev_major, stx_dev_minor;
        internal ulong stx_mnt_id;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int statx(int dirfd, byte* pathname, int flags, uint mask, statx_buf* buf);

    /// <summary>makedev(3) as glibc encodes it: what st_dev shows.</summary>
    internal static ulong makedev(uint major, uint minor) =>
        ((ulong)(major & 0xfffff000u) << 32) | ((major & 0xfffu) << 8) | ((ulong)(minor & 0xffffff00u) << 12) | (minor & 0xffu);

    // sys/statfs.h, linux/magic.h
    internal const long TMPFS_MAGIC = 0x01021994, RAMFS_MAGIC = 0x858458f6;

    /// <summary>struct statfs: 120 bytes on 64-bit Linux; only the type is read.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 120)]
    internal struct statfs_buf
    {
        internal long f_type;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int fstatfs(int fd, statfs_buf* buf);
}
