using System.Runtime.InteropServices;

namespace Outwork.Faults;

/// <summary>The few calls that .NET has no name for.</summary>
internal static partial class NativeCalls
{
    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int pid, int signal);
}
