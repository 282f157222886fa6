using System.Runtime.InteropServices;
using System.Text;

namespace Outwork.Platform.Linux.Processes;

/// <summary>Who owns a file. Symbolic links are never followed.</summary>
public static unsafe class FileOwner
{
    /// <summary>The owning user.</summary>
    public static uint Get(string path)
    {
        Interop.statx_buf status;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            if (Interop.statx(Interop.AT_FDCWD, name, Interop.AT_SYMLINK_NOFOLLOW, Interop.STATX_BASIC_STATS, &status) != 0)
                throw new LinuxException($"statx({path})", Marshal.GetLastPInvokeError());
        }

        return status.stx_uid;
    }

    /// <summary>Sets user and group.</summary>
    public static void Set(string path, uint user, uint group)
    {
        if (Interop.lchown(path, user, group) != 0)
            throw new LinuxException($"lchown({path})", Marshal.GetLastPInvokeError());
    }
}
