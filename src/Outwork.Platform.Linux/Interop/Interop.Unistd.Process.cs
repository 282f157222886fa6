using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// unistd.h, as far as starting processes needs it
internal static unsafe partial class Interop
{
    internal const uint CLOSE_RANGE_CLOEXEC = 4;

    [LibraryImport("libc")]
    internal static partial uint geteuid();

    [LibraryImport("libc")]
    internal static partial int getppid();

    /// <summary>Changes every thread of the process.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setresuid(uint real, uint effective, uint saved);

    /// <summary>Changes every thread of the process.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setresgid(uint real, uint effective, uint saved);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close_range(uint first, uint last, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int execve(byte* path, byte** argv, byte** envp);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int lchown(string path, uint owner, uint group);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchownat(SafeHandle directory, byte* path, uint owner, uint group, int flags);

    // dirent.h; linux_dirent64 is u64 inode, i64 offset, u16 length of the record, u8 type, the name with a zero.
    internal const int DirentLength = 16, DirentName = 19;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint getdents64(SafeHandle directory, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(SafeHandle fd, byte* bytes, nuint count);
}
