using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// malloc.h of glibc
internal static partial class Interop
{
    [LibraryImport("libc")]
    internal static partial int malloc_trim(nuint pad);
}
