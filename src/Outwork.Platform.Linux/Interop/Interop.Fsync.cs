using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

// fcntl.h and unistd.h, as far as durable files need them
internal static partial class Interop
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsync(SafeFileHandle fd);
}
