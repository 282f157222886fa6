using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// signal.h
internal static unsafe partial class Interop
{
    internal const int SIGKILL = 9;
    internal const int SIGPIPE = 13;
    internal const int SIGTERM = 15;

    internal const nint SIG_DFL = 0;
    internal const nint SIG_ERR = -1;

    internal const int SIG_SETMASK = 2;

    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct sigset_t
    {
        private nint _opaque;
    }

    [LibraryImport("libc")]
    internal static partial int sigemptyset(sigset_t* set);

    [LibraryImport("libc")]
    internal static partial int sigfillset(sigset_t* set);

    /// <summary>Gives an error number.</summary>
    [LibraryImport("libc")]
    internal static partial int pthread_sigmask(int how, sigset_t* set, sigset_t* old);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint signal(int signal, nint handler);
}
