using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>Two connected Unix sockets, close-on-exec and blocking; each goes to another process.</summary>
/// <param name="First">One end.</param>
/// <param name="Second">The other.</param>
public readonly record struct SocketPair(SafeFileHandle First, SafeFileHandle Second)
{
    /// <summary>Keeps message boundaries and order (SOCK_SEQPACKET): sessions and the supervision link.</summary>
    public static SocketPair CreateSequencedPackets() => Create(Interop.SOCK_SEQPACKET);

    /// <summary>
    /// As above, and the second end can only receive, for good: whoever holds it cannot pass descriptors, whose last close would then
    /// be the first end's holder's to wait for. The first end sees RDHUP from the beginning, and HUP when the second is gone.
    /// </summary>
    public static SocketPair CreateOneWayPackets()
    {
        SocketPair pair = CreateSequencedPackets();
        return Interop.shutdown(pair.Second, Interop.SHUT_WR) == 0 ? pair : throw LinuxException.Last("shutdown");
    }

    /// <summary>A stream of bytes (SOCK_STREAM).</summary>
    public static SocketPair CreateStream() => Create(Interop.SOCK_STREAM);

    private static unsafe SocketPair Create(int type)
    {
        int* ends = stackalloc int[2];
        if (Interop.socketpair(Interop.AF_UNIX, type | Interop.SOCK_CLOEXEC, 0, ends) != 0)
            throw new LinuxException("socketpair", Marshal.GetLastPInvokeError());
        return new SocketPair(new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }
}
