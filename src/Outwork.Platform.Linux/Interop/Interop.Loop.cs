using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

// linux/loop.h
internal static unsafe partial class Interop
{
    internal const nuint LOOP_CONFIGURE = 0x4C0A;
    internal const nuint LOOP_CTL_GET_FREE = 0x4C82;
    internal const uint LO_FLAGS_AUTOCLEAR = 4;

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int loop_ioctl(SafeFileHandle fd, nuint request, void* argument);

    [StructLayout(LayoutKind.Sequential)]
    internal struct loop_info64
    {
        public ulong lo_device;
        public ulong lo_inode;
        public ulong lo_rdevice;
        public ulong lo_offset;
        public ulong lo_sizelimit;
        public uint lo_number;
        public uint lo_encrypt_type;
        public uint lo_encrypt_key_size;
        public uint lo_flags;
        public fixed byte lo_file_name[64];
        public fixed byte lo_crypt_name[64];
        public fixed byte lo_encrypt_key[32];
        public fixed ulong lo_init[2];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct loop_config
    {
        public uint fd;
        public uint block_size;
        public loop_info64 info;
        public fixed ulong __reserved[8];
    }
}
