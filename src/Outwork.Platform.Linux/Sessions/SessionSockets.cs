using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Sessions;

/// <summary>Makes the connected sockets that a session begins with.</summary>
public static unsafe class SessionSockets
{
    /// <summary>Two connected ends, both closed on exec: one for the broker, one for the product to inherit.</summary>
    /// <exception cref="LinuxException">Descriptors are exhausted.</exception>
    public static (SafeFileHandle Broker, SafeFileHandle Product) CreatePair()
    {
        int* ends = stackalloc int[2];
        if (Interop.socketpair(Interop.AF_UNIX, Interop.SOCK_SEQPACKET | Interop.SOCK_CLOEXEC, 0, ends) != 0)
            throw LinuxException.Last("socketpair");
        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }
}
