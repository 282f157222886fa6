namespace Outwork.Platform.Linux.Sandbox;

/// <summary>
/// Finds the controllers that limit: in version 2's common hierarchy when it has them, else in version 1's. Groups go below this
/// process's own group in version 1. In version 2, where a group with processes can have no limited groups below it, below the one that
/// was delegated, else below the root.
/// </summary>
public static class ControlGroupHierarchies
{
    /// <summary>The controllers that limit.</summary>
    public static readonly string[] Controllers = ["memory", "cpu", "pids"];

    /// <summary>Those of <see cref="Controllers"/> that this system has.</summary>
    /// <param name="delegated">The delegated group's folder (<see cref="DelegatedControlGroup"/>); null without one.</param>
    public static List<ControlGroupController> Find(string? delegated = null) =>
        Find(File.ReadAllLines("/proc/self/mountinfo"), File.ReadAllLines("/proc/self/cgroup"), delegated);

    internal static List<ControlGroupController> Find(string[] mounts, string[] memberships, string? delegated = null)
    {
        var found = new List<ControlGroupController>();
        foreach (string controller in Controllers)
        {
            if ((FindCommon(controller, mounts, delegated) ?? FindSeparate(controller, mounts, memberships)) is { } usable)
                found.Add(usable);
        }

        return found;
    }

    /// <summary>Where version 2's hierarchy is mounted; null where it is not.</summary>
    internal static string? FindCommonMount(string[] mounts) =>
        Parse(mounts).Where(static mount => mount.Type == "cgroup2").Select(static mount => mount.Point).FirstOrDefault();

    /// <summary>False for the path of a process outside of its namespace's root (cgroup_namespaces(7)), which is no folder's.</summary>
    internal static bool IsInside(string path) => path != "/.." && !path.StartsWith("/../", StringComparison.Ordinal);

    private static ControlGroupController? FindCommon(string controller, string[] mounts, string? delegated)
    {
        foreach ((string point, string type, _) in Parse(mounts))
        {
            string parent = delegated ?? point;
            string list = Path.Join(parent, "cgroup.controllers");
            if (type == "cgroup2" && File.Exists(list) && File.ReadAllText(list).Split([' ', '\n']).Contains(controller, StringComparer.Ordinal))
                return new ControlGroupController(controller, 2, parent);
        }

        return null;
    }

    private static ControlGroupController? FindSeparate(string controller, string[] mounts, string[] memberships)
    {
        foreach ((string point, string type, string options) in Parse(mounts))
        {
            if (type != "cgroup" || !options.Split(',').Contains(controller, StringComparer.Ordinal))
                continue;
            string own = "/";
            foreach (string line in memberships)
            {
                // hierarchy:controllers:path
                string[] fields = line.Split(':', 3);
                if (fields.Length == 3 && fields[1].Split(',').Contains(controller, StringComparer.Ordinal))
                    own = fields[2];
            }

            // In a container the path may be that of the host, which is not mounted here.
            string parent = Path.Join(point, own).TrimEnd('/');
            return new ControlGroupController(controller, 1, IsInside(own) && Directory.Exists(parent) ? parent : point);
        }

        return null;
    }

    // proc_pid_mountinfo(5): the fifth field is the mount point; after a lone hyphen come type, source and the options of the whole.
    private static IEnumerable<(string Point, string Type, string Options)> Parse(string[] mounts)
    {
        foreach (string line in mounts)
        {
            string[] fields = line.Split(' ');
            int hyphen = fields.Length > 6 ? Array.IndexOf(fields, "-", 6) : -1;
            if (hyphen > 0 && hyphen + 3 < fields.Length)
                yield return (fields[4], fields[hyphen + 1], fields[hyphen + 3]);
        }
    }
}
