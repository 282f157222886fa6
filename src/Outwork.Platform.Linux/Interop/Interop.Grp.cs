using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// grp.h
internal static unsafe partial class Interop
{
    /// <summary>Changes every thread of the process.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setgroups(nuint count, uint* groups);
}
