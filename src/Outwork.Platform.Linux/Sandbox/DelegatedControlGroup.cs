using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Outwork.Platform.Linux.Sandbox;

/// <summary>
/// The group of version 2's hierarchy that a service manager made for this service and leaves alone (<c>Delegate=</c> of
/// systemd.resource-control(5)): each of our processes gets one of its own below it, so that what ends one group (its memory, an
/// administrator) ends nothing else. The manager removes all of them with the service. One thread, before others exist.
/// </summary>
public sealed class DelegatedControlGroup
{
    private DelegatedControlGroup(string path) => Path = path;

    /// <summary>The group's folder.</summary>
    public string Path { get; }

    /// <summary>
    /// Takes the group that this process was started in, and moves the process into one below it: a group with processes can have no
    /// limited groups below (cgroups(7)). Null when there is none of its own.
    /// </summary>
    /// <param name="own">The name of the process's own group.</param>
    /// <param name="fault">Why there is none.</param>
    public static DelegatedControlGroup? Enter(string own, out string fault)
    {
        if (!TryFind(File.ReadAllLines("/proc/self/mountinfo"), File.ReadAllLines("/proc/self/cgroup"), out string? path, out fault))
            return null;
        string pid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (File.ReadAllText(System.IO.Path.Join(path, ControlGroups.MemberList)).Split('\n', StringSplitOptions.RemoveEmptyEntries) is not [var only] || only != pid)
        {
            fault = $"{path}: holds other processes too";
            return null;
        }

        var group = new DelegatedControlGroup(path);
        ControlGroups.Join(group.Create(own));
        return group;
    }

    /// <summary>Makes a group for one of our processes, or takes the one of an earlier process. Returns its folder.</summary>
    public string Create(string name) => Directory.CreateDirectory(System.IO.Path.Join(Path, name)).FullName;

    /// <summary>
    /// Adds a group of this hierarchy to those that one of our processes joins, unless it has one: where version 1 limits, version 2 does
    /// nothing but keep it apart.
    /// </summary>
    public void KeepApart(List<string> folders, string name)
    {
        ArgumentNullException.ThrowIfNull(folders);
        if (!folders.Exists(folder => folder.StartsWith(Path + "/", StringComparison.Ordinal)))
            folders.Add(Create(name));
    }

    internal static bool TryFind(string[] mounts, string[] memberships, [NotNullWhen(true)] out string? path, out string fault)
    {
        path = null;
        const string common = "0::";
        string? point = ControlGroupHierarchies.FindCommonMount(mounts);
        string? own = Array.Find(memberships, line => line.StartsWith(common, StringComparison.Ordinal))?[common.Length..];
        if (point is null || own is null)
            fault = "version 2's hierarchy is not mounted";
        else if (own == "/" || !ControlGroupHierarchies.IsInside(own))
            fault = "the group of this process is the root, or outside";
        else if (!Directory.Exists(path = System.IO.Path.Join(point, own)))
            fault = $"{path}: no such directory";
        else
            fault = "";
        return fault.Length == 0;
    }
}
