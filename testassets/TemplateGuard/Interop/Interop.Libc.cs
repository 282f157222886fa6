using System.Runtime.InteropServices;

namespace Outwork.TestAssets.TemplateGuard.Interop;

/// <summary>sys/mman.h and fnmatch.h.</summary>
internal static unsafe partial class Libc
{
    public const int PROT_NONE = 0;
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_PRIVATE = 2;
    public const int MAP_ANONYMOUS = 0x20;

    [LibraryImport("libc", SetLastError = true)]
    public static partial byte* mmap(void* addr, nuint length, int prot, int flags, int fd, long offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mprotect(void* addr, nuint len, int prot);

    [LibraryImport("libc")]
    public static partial int munmap(void* addr, nuint length);

    [LibraryImport("libc")]
    public static partial int fnmatch(byte* pattern, byte* text, int flags);
}
