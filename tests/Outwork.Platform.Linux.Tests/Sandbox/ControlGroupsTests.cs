using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.Sandbox;

/// <summary>Where groups are made and what is written, over a folder that looks like each version's hierarchy.</summary>
public sealed class ControlGroupsTests : IDisposable
{
    private readonly TempDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Common_hierarchy_with_the_controllers_is_used()
    {
        File.WriteAllText(_root["cgroup.controllers"], "cpuset cpu io memory pids\n");
        List<ControlGroupController> found = Find($"30 24 0:26 / {_root.Path} rw,nosuid - cgroup2 cgroup2 rw");
        Assert.Equal(ControlGroupHierarchies.Controllers.Select(name => new ControlGroupController(name, 2, _root.Path)), found);
    }

    [Fact]
    public void Common_hierarchy_without_controllers_gives_way_to_the_separate_ones()
    {
        Directory.CreateDirectory(_root["unified"]);
        Directory.CreateDirectory(_root["memory/own"]);
        Directory.CreateDirectory(_root["cpu"]);
        File.WriteAllText(_root["unified/cgroup.controllers"], "hugetlb\n");
        List<ControlGroupController> found = ControlGroupHierarchies.Find(
            [
                $"30 24 0:26 / {_root["unified"]} rw shared:1 - cgroup2 cgroup2 rw",
                $"31 24 0:27 / {_root["memory"]} rw shared:2 master:1 - cgroup cgroup rw,memory",
                $"32 24 0:28 / {_root["cpu"]} rw - cgroup cgroup rw,cpu,cpuacct",
                "33 24 0:29 / /tmp rw - tmpfs tmpfs rw",
                "nonsense",
            ],
            ["5:memory:/own", "4:cpu,cpuacct:/not/mounted/here", "0::/"]);
        Assert.Equal([new("memory", 1, _root["memory/own"]), new("cpu", 1, _root["cpu"])], found);
    }

    [Theory]
    [InlineData("/..")]
    [InlineData("/../other")]
    public void Group_outside_of_the_namespace_is_not_where_groups_are_made(string own)
    {
        Directory.CreateDirectory(_root["other"]);
        Directory.CreateDirectory(_root["cpu"]);
        List<ControlGroupController> found = ControlGroupHierarchies.Find([$"32 24 0:28 / {_root["cpu"]} rw - cgroup cgroup rw,cpu"], [$"4:cpu:{own}"]);
        Assert.Equal([new("cpu", 1, _root["cpu"])], found);
    }

    [Fact]
    public void Groups_go_below_the_one_that_was_delegated()
    {
        string delegated = Directory.CreateDirectory(_root["outwork.slice/outwork.service"]).FullName;
        File.WriteAllText(_root["cgroup.controllers"], "cpu memory pids\n");
        File.WriteAllText(Path.Join(delegated, "cgroup.controllers"), "memory pids\n");
        string[] mounts = [$"30 24 0:26 / {_root.Path} rw,nosuid - cgroup2 cgroup2 rw"];
        Assert.True(DelegatedControlGroup.TryFind(mounts, ["1:name=systemd:/other", "0::/outwork.slice/outwork.service"], out string? path, out string fault));
        Assert.Equal((delegated, ""), (path, fault));
        Assert.Equal(
            [new("memory", 2, delegated), new("pids", 2, delegated)],
            ControlGroupHierarchies.Find(mounts, [], delegated));
    }

    [Theory]
    [InlineData("cgroup2", "0::/", "the group of this process is the root, or outside")]
    [InlineData("cgroup2", "0::/..", "the group of this process is the root, or outside")]
    [InlineData("cgroup2", "0::/../other", "the group of this process is the root, or outside")]
    [InlineData("cgroup2", "0::/gone", "{root}/gone: no such directory")]
    [InlineData("cgroup2", "4:cpu:/", "version 2's hierarchy is not mounted")]
    [InlineData("cgroup", "0::/own", "version 2's hierarchy is not mounted")]
    public void Without_a_delegated_group_it_is_told_why(string type, string membership, string expected)
    {
        Assert.False(DelegatedControlGroup.TryFind([$"30 24 0:26 / {_root.Path} rw - {type} none rw"], [membership], out _, out string fault));
        Assert.Equal(expected.Replace("{root}", _root.Path, StringComparison.Ordinal), fault);
    }

    [Fact]
    public void Limits_of_version_2_are_written()
    {
        Prepare("memory.max", "memory.swap.max", "cpu.max", "pids.max");
        var groups = new ControlGroups("/run/test", [.. ControlGroupHierarchies.Controllers.Select(name => new ControlGroupController(name, 2, _root.Path))]);
        string folder = Assert.Single(groups.Create("vendor", new ResourceLimits(1 << 20, 150, 20), out List<string> missing));
        Assert.Empty(missing);
        Assert.Equal(Path.Join(_root.Path, ControlGroups.FolderOf("/run/test"), "vendor"), folder);
        Assert.Equal("1048576", File.ReadAllText(Path.Join(folder, "memory.max")));
        Assert.Equal("0", File.ReadAllText(Path.Join(folder, "memory.swap.max")));
        Assert.Equal("150000 100000", File.ReadAllText(Path.Join(folder, "cpu.max")));
        Assert.Equal("20", File.ReadAllText(Path.Join(folder, "pids.max")));
        Assert.Equal("+pids", File.ReadAllText(Path.Join(_root.Path, "cgroup.subtree_control")));
    }

    [Fact]
    public void Missing_controller_is_told()
    {
        Prepare("pids.max");
        var groups = new ControlGroups("/run/test", [new ControlGroupController("pids", 1, _root.Path)]);
        Assert.Single(groups.Create("vendor", new ResourceLimits(1 << 20, 150, 20), out List<string> missing));
        Assert.Equal(["memory", "cpu"], missing);
        Assert.True(ConfinementSupport.WithoutController("cpu").Essential);
        Assert.False(ConfinementSupport.WithoutController("memory").Essential);
    }

    [Fact]
    public void Real_groups_are_made_and_removed()
    {
        RequiresRoot.Check();
        List<ControlGroupController> controllers = ControlGroupHierarchies.Find();
        Assert.NotEmpty(controllers);
        var groups = new ControlGroups(_root.Path, controllers);
        List<string> folders = groups.Create("vendor", new ResourceLimits(64 << 20, 100, 20), out _);
        Assert.All(folders, folder => Assert.True(File.Exists(Path.Join(folder, "cgroup.procs"))));
        Assert.Equal(0, groups.Remove());
        Assert.All(folders, folder => Assert.False(Directory.Exists(folder)));
    }

    private static List<ControlGroupController> Find(params string[] mounts) => ControlGroupHierarchies.Find(mounts, []);

    // The files are there when a group is made; here they must be before.
    private void Prepare(params string[] files)
    {
        string folder = Path.Join(_root.Path, ControlGroups.FolderOf("/run/test"), "vendor");
        Directory.CreateDirectory(folder);
        foreach (string file in files)
            File.WriteAllText(Path.Join(folder, file), "max");
    }
}
