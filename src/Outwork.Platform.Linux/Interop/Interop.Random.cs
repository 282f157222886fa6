using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// sys/random.h
internal static unsafe partial class Interop
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint getrandom(byte* buffer, nuint length, uint flags);
}
