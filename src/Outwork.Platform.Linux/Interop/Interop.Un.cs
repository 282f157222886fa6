using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

// sys/un.h, and what of sys/socket.h a listener needs
internal static unsafe partial class Interop
{
    internal const int UNIX_PATH_MAX = 108;

    [StructLayout(LayoutKind.Sequential)]
    internal struct sockaddr_un
    {
        public ushort sun_family;
        public fixed byte sun_path[UNIX_PATH_MAX];
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(SafeFileHandle socket, sockaddr_un* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int connect(SafeFileHandle socket, sockaddr_un* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int listen(SafeFileHandle socket, int backlog);
}
