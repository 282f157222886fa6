using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// sys/prctl.h
internal static unsafe partial class Interop
{
    internal const int PR_SET_PDEATHSIG = 1;
    internal const int PR_CAPBSET_READ = 23;
    internal const int PR_CAPBSET_DROP = 24;
    internal const int PR_SET_CHILD_SUBREAPER = 36;
    internal const int PR_SET_NO_NEW_PRIVS = 38;
    internal const int PR_CAP_AMBIENT = 47;
    internal const int PR_CAP_AMBIENT_CLEAR_ALL = 4;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}
