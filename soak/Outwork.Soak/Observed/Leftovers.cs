using System.Globalization;

namespace Outwork.Soak.Observed;

/// <summary>
/// What an ended instance may have left behind: processes, mounts, control groups, sockets, files of its run directory. BPF programs and
/// maps, fanotify groups and marks live exactly as long as a process that holds their descriptors; Outwork pins none.
/// </summary>
internal sealed class Leftovers
{
    private const string GroupPrefix = "/outwork-";

    private readonly string work, runDirectory;
    private readonly HashSet<string> mounts;
    private readonly HashSet<string> groups = [];
    private readonly Dictionary<int, string> processes = [];

    /// <summary>To be made before the instance starts: what is there already is not its.</summary>
    /// <param name="work">The run's private directory: sockets are below it.</param>
    /// <param name="runDirectory">The instance's run directory.</param>
    public Leftovers(string work, string runDirectory)
    {
        (this.work, this.runDirectory) = (work, runDirectory);
        mounts = Mounts();
    }

    /// <summary>Notes all processes of the instance that run now, and its control groups. To be called now and then.</summary>
    public void Note(int root)
    {
        foreach (int pid in ProcessRoles.Descendants(root))
        {
            if (IdentityOf(pid) is not { } identity)
                continue;
            processes[pid] = identity;
            groups.UnionWith(GroupsOf(pid));
        }
    }

    /// <summary>What is still there.</summary>
    public IReadOnlyList<string> Find() =>
    [
        .. processes.Where(process => IdentityOf(process.Key) == process.Value).Select(process => $"process {process.Key}, {process.Value}"),
        .. Mounts().Except(mounts).Select(mount => $"mount {mount}"),
        .. Mounts().Where(IsControlGroups).SelectMany(mount => groups.Select(group => mount + group)).Where(Directory.Exists).Select(group => $"control group {group}"),
        .. File.ReadLines("/proc/net/unix").Where(line => line.Contains(work, StringComparison.Ordinal)).Select(line => $"socket {line.Trim()}"),
        .. (Directory.Exists(runDirectory) ? Directory.GetFileSystemEntries(runDirectory) : []).Select(file => $"file {file}"),
    ];

    /// <summary>The instance's folder among the lines of /proc/PID/cgroup, without what is below: "4:memory:/outwork-12ab34cd/execguard".</summary>
    internal static IEnumerable<string> GroupFolders(IEnumerable<string> lines) =>
        from line in lines
        let path = line.Split(':', 3)[^1]
        let start = path.IndexOf(GroupPrefix, StringComparison.Ordinal)
        where start >= 0
        let end = path.IndexOf('/', start + 1)
        select end < 0 ? path : path[..end];

    /// <summary>What tells a process from another that gets its number. Null when there is none, or one that is only to be reaped.</summary>
    internal static string? IdentityOf(int pid)
    {
        string stat;
        try
        {
            stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        // The name, field 2, may hold anything; the start time is field 22.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : $"started at {fields[19]}";
    }

    private static IEnumerable<string> GroupsOf(int pid)
    {
        try
        {
            return GroupFolders(File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cgroup")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool IsControlGroups(string mount) => mount.StartsWith("/sys/fs/cgroup", StringComparison.Ordinal);

    private static HashSet<string> Mounts() => [.. File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4])];
}
