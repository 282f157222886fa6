using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// fcntl.h, as far as starting processes needs it
internal static unsafe partial class Interop
{
    internal const int O_PATH = 0x200000;

    /// <summary>Not the same on all architectures.</summary>
    internal static int O_NOFOLLOW => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    internal const int O_CLOEXEC = 0x80000;
    internal const int O_WRONLY = 1;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;
    internal const int O_APPEND = 0x400;
    internal const int F_DUPFD_CLOEXEC = 1030;

    [LibraryImport("libc", SetLastError = true, EntryPoint = "fcntl")]
    internal static partial Microsoft.Win32.SafeHandles.SafeFileHandle fcntl_dupfd(SafeHandle fd, int command, int minimum);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial Microsoft.Win32.SafeHandles.SafeFileHandle open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int openat(SafeHandle directory, byte* path, int flags, uint mode);
}
