using System.Globalization;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Platform.Linux.Sandbox;

/// <summary>
/// The control groups of one instance's products: one group for each product and controller, in a folder named after the instance.
/// Groups outlive processes, so the next instance, and whoever cleans up after this one, remove what was left. One thread.
/// </summary>
/// <param name="runDirectory">The instance's run directory: its name on this machine.</param>
/// <param name="controllers">Where groups can be made: <see cref="ControlGroupHierarchies.Find()"/>.</param>
public sealed class ControlGroups(string runDirectory, IReadOnlyList<ControlGroupController> controllers)
{
    private const int PeriodMicroseconds = 100_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly string _folder = FolderOf(runDirectory);

    /// <summary>The name of the folder of an instance's groups.</summary>
    public static string FolderOf(string runDirectory)
    {
        ArgumentNullException.ThrowIfNull(runDirectory);
        return "outwork-" + Hash(runDirectory).ToString("x8", CultureInfo.InvariantCulture);
    }

    /// <summary>Makes the groups of a product. Returns the folders to join.</summary>
    /// <param name="name">The product.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="missing">Controllers that this system does not have or refuses, each with the reason.</param>
    public List<string> Create(string name, ResourceLimits limits, out List<string> missing)
    {
        ArgumentNullException.ThrowIfNull(limits);
        missing = [];
        var folders = new List<string>();
        foreach (string wanted in ControlGroupHierarchies.Controllers)
        {
            if (controllers.FirstOrDefault(controller => controller.Name == wanted) is not { } controller)
            {
                missing.Add(wanted);
                continue;
            }

            try
            {
                string folder = Create(controller, name);
                Limit(folder, controller, limits);
                if (!folders.Contains(folder))
                    folders.Add(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                missing.Add(wanted);
            }
        }

        return folders;
    }

    /// <summary>Makes a group that limits processes only, and in which whoever cleans up finds them. None where there is no such controller, or it refuses.</summary>
    /// <param name="name">What runs in it.</param>
    /// <param name="processes">The most processes and threads.</param>
    public List<string> CreateForProcesses(string name, int processes)
    {
        if (controllers.FirstOrDefault(static controller => controller.Name == "pids") is not { } controller)
            return [];
        try
        {
            string folder = Create(controller, name);
            Limit(folder, controller, new ResourceLimits(0, 0, processes));
            return [folder];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>
    /// Ends what still runs in the groups of this instance, an earlier one's too, and removes them; waits up to a second for that. No
    /// process can be made in them from the first look on, so what forks as fast as it is killed ends, too.
    /// What a product's process started belongs to nobody once the warden is killed: here it is found. Returns how many are left.
    /// </summary>
    public int Remove()
    {
        var poll = new DescriptorPoll();
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        int left;
        while ((left = RemoveOnce()) > 0 && Environment.TickCount64 < deadline)
            poll.Wait(Pause);
        return left;
    }

    private int RemoveOnce()
    {
        int left = 0;
        foreach (string parent in controllers.Select(controller => controller.Parent).Distinct(StringComparer.Ordinal))
        {
            var folder = new DirectoryInfo(Path.Join(parent, _folder));
            if (!folder.Exists)
                continue;
            foreach (DirectoryInfo group in folder.EnumerateDirectories())
            {
                ControlGroupMembers.ForbidNew(group.FullName);
                _ = ControlGroupMembers.Signal(group.FullName);
                left += TryRemove(group.FullName) ? 0 : 1;
            }

            left += TryRemove(folder.FullName) ? 0 : 1;
        }

        return left;
    }

    private string Create(ControlGroupController controller, string name)
    {
        string folder = Path.Join(controller.Parent, _folder);
        if (controller.Version == 2)
            Enable(controller.Parent, controller.Name);
        _ = Directory.CreateDirectory(folder);
        if (controller.Version == 2)
            Enable(folder, controller.Name);
        string group = Path.Join(folder, name);
        _ = Directory.CreateDirectory(group);
        return group;
    }

    private static void Enable(string folder, string controller) =>
        File.WriteAllText(Path.Join(folder, "cgroup.subtree_control"), "+" + controller);

    private static void Limit(string folder, ControlGroupController controller, ResourceLimits limits)
    {
        string memory = limits.MemoryBytes.ToString(CultureInfo.InvariantCulture);
        string quota = (limits.CpuPercent * (PeriodMicroseconds / 100)).ToString(CultureInfo.InvariantCulture);
        string processes = limits.Processes.ToString(CultureInfo.InvariantCulture);
        (string file, string value) = (controller.Name, controller.Version) switch
        {
            ("memory", 1) => ("memory.limit_in_bytes", memory),
            ("memory", _) => ("memory.max", memory),
            ("cpu", 1) => ("cpu.cfs_quota_us", quota),
            ("cpu", _) => ("cpu.max", $"{quota} {PeriodMicroseconds}"),
            _ => ("pids.max", processes),
        };
        File.WriteAllText(Path.Join(folder, file), value);

        // Swapping it out would only move the cost to the disk, for everybody. Not every kernel counts swap.
        string swap = Path.Join(folder, "memory.swap.max");
        if (controller is { Name: "memory", Version: 2 } && File.Exists(swap))
            File.WriteAllText(swap, "0");
    }

    // Not recursive: the files in a group cannot be removed, the group can. (cgroups(7))
    private static bool TryRemove(string folder) => Interop.rmdir(folder) == 0 || !Directory.Exists(folder);

    // FNV-1a: the same in every process and version, which string.GetHashCode is not.
    private static uint Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
            hash = (hash ^ c) * 16777619;
        return hash;
    }
}
