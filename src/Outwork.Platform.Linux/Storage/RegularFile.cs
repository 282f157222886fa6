using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux.Storage;

/// <summary>Whether a path is of a regular file: not a folder, link, device, pipe or socket. Opens nothing.</summary>
public static unsafe class RegularFile
{
    /// <summary>False also when there is nothing, or it cannot be told.</summary>
    public static bool IsAt(string path)
    {
        byte* name = (byte*)Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            Interop.statx_buf s;
            return Interop.statx(Interop.AT_FDCWD, name, Interop.AT_SYMLINK_NOFOLLOW, Interop.STATX_BASIC_STATS, &s) == 0
                && (s.stx_mode & Interop.S_IFMT) == Interop.S_IFREG;
        }
        finally
        {
            Marshal.FreeCoTaskMem((nint)name);
        }
    }
}
