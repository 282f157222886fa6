using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// sys/wait.h
internal static unsafe partial class Interop
{
    internal const int P_ALL = 0;
    internal const int P_PID = 1;
    internal const int P_PIDFD = 3;

    internal const int WNOHANG = 1;
    internal const int WEXITED = 4;
    internal const int WNOWAIT = 0x01000000;

    internal const int CLD_EXITED = 1;

    /// <summary>The part that waitid fills.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct siginfo_t
    {
        [FieldOffset(0)] public int si_signo;
        [FieldOffset(4)] public int si_errno;
        [FieldOffset(8)] public int si_code;
        [FieldOffset(16)] public int si_pid;
        [FieldOffset(20)] public uint si_uid;
        [FieldOffset(24)] public int si_status;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int waitid(int idType, int id, siginfo_t* info, int options);
}
