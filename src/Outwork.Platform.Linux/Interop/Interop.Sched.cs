using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// sched.h
internal static unsafe partial class Interop
{
    internal const int CLONE_NEWNS = 0x00020000;
    internal const int CLONE_NEWIPC = 0x08000000;
    internal const int CLONE_NEWNET = 0x40000000;

    /// <summary>Changes the calling thread only.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unshare(int flags);
}
