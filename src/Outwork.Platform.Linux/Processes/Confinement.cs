using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Sandbox;

namespace Outwork.Platform.Linux.Processes;

/// <summary>
/// Takes from the calling thread, for good, everything that a confined process must not have. Called on the main thread of a process
/// that then replaces itself (<see cref="ProgramReplacement"/>): what is per thread in the kernel (capabilities, no_new_privs,
/// namespaces) is the whole process's from then on.
/// </summary>
public static unsafe class Confinement
{
    /// <summary>Among the first to go when memory runs out: a product's memory is never worth the machine's.</summary>
    public const string OutOfMemoryScore = "500";

    /// <summary>Applies the specification. Returns the program's path in the new mount namespace.</summary>
    /// <exception cref="LinuxException">Something could not be taken away; the caller must end without running the program.</exception>
    public static string Apply(ConfinementSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.UserId == 0 || spec.GroupId == 0)
            throw new ArgumentException("A confined process is never user or group 0.", nameof(spec));

        foreach (string group in spec.ControlGroups)
            ControlGroups.Join(group);

        // System V memory, semaphores and message queues are nobody's network.
        Check("unshare(CLONE_NEWIPC)", Interop.unshare(Interop.CLONE_NEWIPC));
        if (!spec.Network)
            Check("unshare(CLONE_NEWNET)", Interop.unshare(Interop.CLONE_NEWNET));
        string program = PrivateMounts.Enter(spec);
        File.WriteAllText("/proc/self/oom_score_adj", OutOfMemoryScore);
        using FileAccessRules? files = PrepareFileAccess(spec);
        bool notify = PrepareReport(spec, files);
        _ = Interop.umask(0b000_111_111);
        Environment.CurrentDirectory = "/";

        DropBoundingSet();
        Check("setgroups", Interop.setgroups(0, null));
        Check("setresgid", Interop.setresgid(spec.GroupId, spec.GroupId, spec.GroupId));
        Check("setresuid", Interop.setresuid(spec.UserId, spec.UserId, spec.UserId));
        DropCapabilities();
        Check("prctl(PR_SET_NO_NEW_PRIVS)", Interop.prctl(Interop.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        EndWithParent(spec.ParentProcessId);

        Limit(Interop.RLIMIT_CORE, 0);
        Limit(Interop.RLIMIT_NOFILE, spec.MaximumDescriptors);
        Limit(Interop.RLIMIT_NPROC, spec.MaximumThreads);
        if (spec.MaximumData is { } data)
            Limit(Interop.RLIMIT_DATA, data);

        // After the last call that needs a privilege, and with no_new_privs set, without which neither is to be had.
        files?.Apply();
        FilterSystemCalls(spec, files, notify);
        return program;
    }

    private static FileAccessRules? PrepareFileAccess(ConfinementSpec spec)
    {
        if (!spec.RestrictFiles || (FileAccessRules.Version == 0 && spec.AllowWeaker))
            return null;
        FileAccessRules rules = FileAccessRules.Create(spec.Network);
        SystemFolders.AllowIn(rules, spec.SystemPrograms, spec.Network);
        var layout = new SandboxLayout(spec.RunDirectory);
        foreach (string folder in (ReadOnlySpan<string>)[layout.Programs, layout.OtherProgram, layout.Runtime])
            rules.AllowExecution(folder);
        rules.AllowReading(layout.Content);
        rules.AllowReading(layout.Packaged);
        rules.AllowWriting(layout.State);
        foreach (string path in spec.ReadablePaths)
            rules.AllowReading(path);
        return rules;
    }

    // As long as everything can still be loaded that is needed for it.
    private static bool PrepareReport(ConfinementSpec spec, FileAccessRules? files)
    {
        bool notify = spec.Reporter is not null && SystemCallFilter.CanNotify;
        if (notify && files is not null)
            AttemptReport.SendRules(spec.Reporter!, files.Grants);
        return notify;
    }

    private static void FilterSystemCalls(ConfinementSpec spec, FileAccessRules? files, bool notify)
    {
        if (!SystemCallFilter.IsSupported && spec.AllowWeaker)
            return;
        using SafeFileHandle? listener = SystemCallFilter.Apply(spec.Network, notify, files is not null);
        if (listener is not null)
            AttemptReport.SendListener(spec.Reporter!, listener);
    }

    private static void DropBoundingSet()
    {
        // The first number that the kernel does not know ends the list: its capabilities need not be ours.
        for (nuint capability = 0; Interop.prctl(Interop.PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
            Check("prctl(PR_CAPBSET_DROP)", Interop.prctl(Interop.PR_CAPBSET_DROP, capability, 0, 0, 0));
    }

    private static void DropCapabilities()
    {
        Check("prctl(PR_CAP_AMBIENT)", Interop.prctl(Interop.PR_CAP_AMBIENT, Interop.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
        var header = new Interop.cap_user_header_t { version = Interop._LINUX_CAPABILITY_VERSION_3 };
        Interop.cap_user_data_t* none = stackalloc Interop.cap_user_data_t[2];
        new Span<Interop.cap_user_data_t>(none, 2).Clear();
        Check("capset", Interop.capset(&header, none));
    }

    internal static void EndWithParent(int parent)
    {
        // After setresuid, which clears it. It acts on a stopped process too. A parent that ended before the call sends nothing: hence the look afterwards.
        Check("prctl(PR_SET_PDEATHSIG)", Interop.prctl(Interop.PR_SET_PDEATHSIG, Interop.SIGKILL, 0, 0, 0));
        if (Interop.getppid() != parent)
            throw new LinuxException("getppid (the parent has ended)", Interop.ESRCH);
    }

    private static void Limit(int resource, ulong maximum)
    {
        Interop.rlimit limit;
        Check("getrlimit", Interop.getrlimit(resource, &limit));
        limit.rlim_max = Math.Min(limit.rlim_max, maximum);
        limit.rlim_cur = Math.Min(limit.rlim_cur, limit.rlim_max);
        Check("setrlimit", Interop.setrlimit(resource, &limit));
    }

    private static void Check(string call, int result)
    {
        if (result != 0)
            throw new LinuxException(call, Marshal.GetLastPInvokeError());
    }
}
