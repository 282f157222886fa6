using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Platform.Linux.Sandbox;

/// <summary>
/// Ends the processes of control groups, also when they fork as fast as they are killed: while it ends them none can be made in the
/// groups (pids.max, cgroups(7)). Opens files of the control group file systems only, which are never guarded. Any thread.
/// </summary>
public static unsafe class ControlGroupMembers
{
    private const string ProcessLimit = "pids.max";
    private const string KillFile = "cgroup.kill";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>True when one of the groups limits processes.</summary>
    public static bool CanForbidNew(IReadOnlyList<string> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        return groups.Any(static group => File.Exists(Path.Join(group, ProcessLimit)));
    }

    /// <summary>
    /// Ends all processes in the groups and waits up to a second for that; the groups limit processes as before then. What is left
    /// has its signal and ends when the kernel lets it. Returns how many are left.
    /// </summary>
    /// <param name="groups">Folders of groups.</param>
    public static int End(IReadOnlyList<string> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        List<(string File, string Limit)> limits = [];
        foreach (string group in groups)
        {
            string file = Path.Join(group, ProcessLimit);
            if (File.Exists(file))
                limits.Add((file, File.ReadAllText(file).Trim()));
            ForbidNew(group);
        }

        var poll = new DescriptorPoll();
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        int left;
        while ((left = groups.Sum(Signal)) > 0 && Environment.TickCount64 < deadline)
            poll.Wait(Pause);
        foreach ((string file, string limit) in limits)
            File.WriteAllText(file, limit);
        return left;
    }

    /// <summary>Lets no process be made in the group any more, and ends what is in it where the kernel does that by itself.</summary>
    internal static void ForbidNew(string group)
    {
        if (File.Exists(Path.Join(group, ProcessLimit)))
            File.WriteAllText(Path.Join(group, ProcessLimit), "0");
        if (File.Exists(Path.Join(group, KillFile)))
            File.WriteAllText(Path.Join(group, KillFile), "1");
    }

    /// <summary>Kills each that is in the group now; returns how many there were.</summary>
    internal static int Signal(string group)
    {
        int[] members = Read(group);
        foreach (int pid in members)
        {
            using SafeFileHandle process = Interop.pidfd_open(pid, 0);

            // Still listed, so the number was not given to another process in between.
            if (!process.IsInvalid && Read(group).Contains(pid))
                _ = Interop.pidfd_send_signal(process, Interop.SIGKILL, null, 0);
        }

        return members.Length;
    }

    private static int[] Read(string group)
    {
        string list = Path.Join(group, "cgroup.procs");
        return File.Exists(list) ? [.. File.ReadAllLines(list).Select(line => int.Parse(line, CultureInfo.InvariantCulture))] : [];
    }
}
