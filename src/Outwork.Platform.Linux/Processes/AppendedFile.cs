using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Processes;

/// <summary>A file that several processes append to by the same descriptor: each write goes to the end, whole (O_APPEND).</summary>
public static class AppendedFile
{
    /// <summary>Opens or creates the file (0600) for a child's standard output or error.</summary>
    public static SafeFileHandle Open(string path)
    {
        const uint ownerOnly = (uint)(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        SafeFileHandle file = Interop.open(path, Interop.O_WRONLY | Interop.O_CREAT | Interop.O_APPEND | Interop.O_CLOEXEC, ownerOnly);
        return file.IsInvalid ? throw new LinuxException($"open({path})", Marshal.GetLastPInvokeError()) : file;
    }
}
