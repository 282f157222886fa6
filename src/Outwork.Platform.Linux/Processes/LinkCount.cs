using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux.Processes;

/// <summary>How many names a file has. Asks no server: a network or user-space file system answers from memory (AT_STATX_DONT_SYNC).</summary>
internal static unsafe class LinkCount
{
    /// <summary>Of an open file; null when it cannot be told.</summary>
    public static uint? Of(int descriptor)
    {
        byte empty = 0;
        return Of(descriptor, &empty, Interop.AT_EMPTY_PATH);
    }

    /// <summary>Of the file at a path, links followed; null when it cannot be told.</summary>
    public static uint? Of(string path)
    {
        byte* name = (byte*)Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            return Of(Interop.AT_FDCWD, name, 0);
        }
        finally
        {
            Marshal.FreeCoTaskMem((nint)name);
        }
    }

    private static uint? Of(int directory, byte* name, int flags)
    {
        Interop.statx_buf s;
        return Interop.statx(directory, name, flags | Interop.AT_STATX_DONT_SYNC, Interop.STATX_BASIC_STATS, &s) == 0 ? s.stx_nlink : null;
    }
}
