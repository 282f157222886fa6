using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>Descriptors that a process was started with, named by environment variables.</summary>
public static class InheritedDescriptors
{
    /// <summary>
    /// Takes over the descriptor that <paramref name="variable"/> names and makes it close-on-exec again; null when the
    /// variable is not set or names no open descriptor. Call once for each variable.
    /// </summary>
    public static SafeFileHandle? Take(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? Take(number)
            : null;

    /// <summary>Takes over a descriptor by its number; null when it is not open.</summary>
    public static SafeFileHandle? Take(int number)
    {
        var handle = new SafeFileHandle(number, ownsHandle: true);
        if (Interop.fcntl(handle, Interop.F_SETFD, Interop.FD_CLOEXEC) == 0)
            return handle;
        int error = Marshal.GetLastPInvokeError();
        handle.SetHandleAsInvalid();
        handle.Dispose();
        return error == Interop.EBADF ? null : throw new LinuxException("fcntl(F_SETFD)", error);
    }
}
