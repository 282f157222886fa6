using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

/// <summary>linux/futex.h.</summary>
internal static unsafe partial class Interop
{
    internal const int FUTEX_WAIT = 0;
    internal const int FUTEX_WAKE = 1;

    private static readonly nint SYS_futex = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    /// <summary>Sleeps while <paramref name="word"/> has <paramref name="value"/>; the mapping may be read-only.</summary>
    internal static int futex_wait(uint* word, uint value) => (int)syscall(SYS_futex, word, FUTEX_WAIT, value, null);

    /// <summary>Wakes up to <paramref name="count"/> sleepers in any process; never blocks.</summary>
    internal static int futex_wake(uint* word, int count) => (int)syscall(SYS_futex, word, FUTEX_WAKE, (uint)count, null);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, uint* word, nint operation, nuint value, void* timeout);
}
