using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

/// <summary>A system call failed in a way that its caller does not expect: a bug or a lost resource.</summary>
public sealed class LinuxException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="call">The call that failed, as its manual page names it.</param>
    /// <param name="errno">The error number it gave.</param>
    public LinuxException(string call, int errno)
        : base($"{call}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
    {
        Call = call;
        Errno = errno;
    }

    /// <summary>The call that failed.</summary>
    public string Call { get; }

    /// <summary>The error number it gave.</summary>
    public int Errno { get; }
}
