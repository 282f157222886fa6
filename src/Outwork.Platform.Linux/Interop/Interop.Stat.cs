using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// sys/stat.h, linux/stat.h
internal static unsafe partial class Interop
{
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_FDCWD = -100;
    internal const uint STATX_UID = 0x8;
    internal const uint STATX_INO = 0x100;

    /// <summary>The fields that are read; the structure is 256 bytes and has the same layout on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct statx_t
    {
        [FieldOffset(0)] public uint stx_mask;
        [FieldOffset(20)] public uint stx_uid;
        [FieldOffset(24)] public uint stx_gid;
        [FieldOffset(28)] public ushort stx_mode;
        [FieldOffset(32)] public ulong stx_ino;
        [FieldOffset(136)] public uint stx_dev_major;
        [FieldOffset(140)] public uint stx_dev_minor;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(int directory, string path, int flags, uint mask, statx_t* status);

    [LibraryImport("libc")]
    internal static partial uint umask(uint mask);
}
