using System.Globalization;
using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux.Processes;

/// <summary>
/// User 0 with the capabilities that its work needs and no other, for good. Called on the main thread of a process that then
/// replaces itself (<see cref="ProgramReplacement"/>). A program of user 0 gets all of the bounding set at execve
/// (capabilities(7)), so it is the bounding set that is reduced.
/// </summary>
public static unsafe class ReducedRoot
{
    private const string StatusPath = "/proc/thread-self/status";

    private static readonly int[] Kept =
    [
        Interop.CAP_DAC_READ_SEARCH, // to judge files that their owner alone may read
        Interop.CAP_LEASE, // asks by a lease whether a file of anybody's has a writer
        Interop.CAP_FOWNER, // O_NOATIME on other people's files
        Interop.CAP_KILL, // a signal 0 to another user's process
        Interop.CAP_NET_ADMIN, // BPF programs of the network types
        Interop.CAP_SYS_PTRACE, // /proc/PID/exe and the like
        Interop.CAP_SYS_ADMIN, // fanotify's permission events
        Interop.CAP_SYS_NICE, // the reactor's priority
        Interop.CAP_SYS_RESOURCE, // BPF memory where it counts as locked
        Interop.CAP_PERFMON, // tracing BPF programs
        Interop.CAP_BPF,
    ];

    private static readonly int[] KeptToConfine =
    [
        Interop.CAP_DAC_READ_SEARCH, // the files that are asked about again
        Interop.CAP_KILL, // to end the product, which is another user's
        Interop.CAP_SETGID, // to become that user,
        Interop.CAP_SETUID,
        Interop.CAP_SETPCAP, // and hold no capability then
        Interop.CAP_SYS_PTRACE, // what a refused system call of the product was about
        Interop.CAP_SYS_ADMIN, // mount namespaces
    ];

    /// <summary>The most that is kept for guarding, bit by capability number.</summary>
    public static ulong KeptCapabilities { get; } = Set(Kept);

    /// <summary>The most that is kept for starting a confined process and ending it.</summary>
    public static ulong ConfiningCapabilities { get; } = Set(KeptToConfine);

    /// <summary>
    /// Gives up all but the kept ones that are held now, and ends with the parent from here on. The program replaced into holds just
    /// these: no more than this process holds, so that execve keeps the parent-death signal (prctl(2)).
    /// </summary>
    /// <param name="parent">The process that it ends with; by its thread that started this one, which must be the main one.</param>
    /// <param name="capabilities">The most that is kept.</param>
    /// <exception cref="LinuxException">Something could not be given up; the caller must end without running the program.</exception>
    public static void Apply(int parent, ulong capabilities)
    {
        ulong kept = capabilities & ReadPermitted();
        for (int capability = 0; Interop.prctl(Interop.PR_CAPBSET_READ, (nuint)capability, 0, 0, 0) is var held and >= 0; capability++)
        {
            if (held == 1 && (kept & (1UL << capability)) == 0)
                Check("prctl(PR_CAPBSET_DROP)", Interop.prctl(Interop.PR_CAPBSET_DROP, (nuint)capability, 0, 0, 0));
        }

        Check("prctl(PR_CAP_AMBIENT)", Interop.prctl(Interop.PR_CAP_AMBIENT, Interop.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
        var header = new Interop.cap_user_header_t { version = Interop._LINUX_CAPABILITY_VERSION_3 };
        Interop.cap_user_data_t* sets = stackalloc Interop.cap_user_data_t[2];
        sets[0] = new Interop.cap_user_data_t { permitted = (uint)kept, effective = (uint)kept };
        sets[1] = new Interop.cap_user_data_t { permitted = (uint)(kept >> 32), effective = (uint)(kept >> 32) };
        Check("capset", Interop.capset(&header, sets));
        Check("prctl(PR_SET_NO_NEW_PRIVS)", Interop.prctl(Interop.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        Confinement.EndWithParent(parent);
    }

    private static ulong Set(int[] capabilities) => capabilities.Aggregate(0UL, static (set, capability) => set | (1UL << capability));

    private static ulong ReadPermitted()
    {
        const string field = "CapPrm:\t";
        string line = File.ReadLines(StatusPath).First(static line => line.StartsWith(field, StringComparison.Ordinal));
        return ulong.Parse(line.AsSpan(field.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    private static void Check(string call, int result)
    {
        if (result != 0)
            throw new LinuxException(call, Marshal.GetLastPInvokeError());
    }
}
