using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// stdio.h
internal static unsafe partial class Interop
{
    /// <summary>A va_list is passed as one pointer on x86-64 and on arm64, which is what libbpf's print callback gets.</summary>
    [LibraryImport("libc")]
    internal static partial int vsnprintf(byte* buffer, nuint size, byte* format, nint arguments);
}
