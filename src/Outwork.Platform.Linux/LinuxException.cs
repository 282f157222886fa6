using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

/// <summary>A system call failed in a way that nobody expected: a bug, or a resource that is gone.</summary>
public sealed class LinuxException : Exception
{
    /// <summary>Describes a failed call.</summary>
    /// <param name="call">Name of the call, for people.</param>
    /// <param name="errno">What it set.</param>
    public LinuxException(string call, int errno)
        : base($"{call}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
    {
        Call = call;
        Errno = errno;
    }

    /// <summary>Name of the call.</summary>
    public string Call { get; }

    /// <summary>What it set.</summary>
    public int Errno { get; }

    /// <summary>Describes the call that this thread made last through LibraryImport with SetLastError.</summary>
    public static LinuxException Last(string call) => new(call, Marshal.GetLastPInvokeError());
}
