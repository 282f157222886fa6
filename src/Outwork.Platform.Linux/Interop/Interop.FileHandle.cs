using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

// fcntl.h: open_by_handle_at(2) with the handles of kernfs (include/linux/exportfs.h: FILEID_KERNFS)
internal static unsafe partial class Interop
{
    internal const int O_DIRECTORY = 0x10000;
    internal const int FILEID_KERNFS = 0xfe;

    /// <summary>struct file_handle with the 64-bit node id that kernfs uses.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct kernfs_file_handle
    {
        public uint handle_bytes;
        public int handle_type;
        public ulong id;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle open_by_handle_at(SafeFileHandle mount, kernfs_file_handle* handle, int flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle open_directory(string path, int flags);
}
