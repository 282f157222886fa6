using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

/// <summary>poll.h.</summary>
internal static unsafe partial class Interop
{
    internal const short POLLIN = 0x0001;
    internal const short POLLERR = 0x0008;
    internal const short POLLHUP = 0x0010;

    [StructLayout(LayoutKind.Sequential)]
    internal struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(pollfd* fds, nuint nfds, int timeout);
}
