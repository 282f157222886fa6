using System.Globalization;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Linux.Tests.Support;
using Outwork.Platform.Processes;

namespace Outwork.Warden.Tests;

/// <summary>A product that forks as fast as it is killed.</summary>
public sealed class RunawayProductTests : IDisposable
{
    // As on a kernel without it: in a mount namespace of its own the warden does not see it.
    private static readonly string[] WithoutPids = ["/usr/bin/unshare", "-m", "/bin/sh", "-c", "umount $1 && shift && exec \"$@\"", "sh"];

    private const string Manifest = """{"needs":{"data":true,"processes":40,"cpuPercent":100}}""";
    private readonly WardenRun _run = new();

    public RunawayProductTests()
    {
        Assert.Contains(ControlGroupHierarchies.Find(), controller => controller.Name == "pids");
        WardenRun.WriteManifest(_run.Compile("runaway.c", "outwork-execguard"), Manifest);
    }

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Restart_leaves_only_the_new_process_with_its_limit()
    {
        StartRunaway();
        using (System.Diagnostics.Process product = System.Diagnostics.Process.GetProcessById(_run.ProcessId("execguard")))
            product.Kill();
        _run.WaitForError("^execguard: quiet$");
        Assert.Equal([_run.ProcessId("execguard", 2)], Members());
        Assert.Equal("40", File.ReadAllText(Path.Join(Group(), "pids.max")).Trim());
    }

    [Fact]
    public void Stop_leaves_nothing()
    {
        StartRunaway();
        _run.Warden!.RequestEnd();
        Assert.Equal(new ProcessExit(0, 0), _run.Warden.WaitForExit(TimeSpan.FromSeconds(15)));
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void Next_warden_ends_what_a_killed_one_left()
    {
        StartRunaway();
        _run.Warden!.Kill();
        _ = _run.Warden.WaitForExit(TimeSpan.FromSeconds(5));
        using LaunchedProcess next = _run.Start(waitForProtection: false);
        _run.WaitForError("^execguard: quiet$");
        Assert.Equal([_run.ProcessId("execguard", 2)], Members());
        next.RequestEnd();
        Assert.Equal(new ProcessExit(0, 0), next.WaitForExit(TimeSpan.FromSeconds(15)));
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void Restart_without_control_groups_that_limit_processes_leaves_only_the_new_process()
    {
        string hierarchy = ControlGroupHierarchies.Find().Single(controller => controller.Name == "pids").Parent;
        Assert.SkipUnless(File.Exists(Path.Join(hierarchy, "cgroup.procs")) && !File.Exists(Path.Join(hierarchy, "cgroup.controllers")), "version 2 cannot be hidden in parts");
        _run.Wrapper = [.. WithoutPids, hierarchy, Path.Join(_run.Programs, "outwork-warden")];
        StartRunaway();
        int first = _run.ProcessId("execguard");
        using (System.Diagnostics.Process product = System.Diagnostics.Process.GetProcessById(first))
            product.Kill();
        _run.WaitForError("^execguard: quiet$");
        string user = _run.WaitForError($"ProcessId = {first}, UserId = (\\d+)").Groups[1].Value;
        Assert.Equal($"{_run.ProcessId("execguard", 2)}", TestProcess.Run("pgrep", "-U", user).Output.Trim());
    }

    private void StartRunaway()
    {
        _run.Start();
        _run.WaitForError("^execguard: running away$");
    }

    private string Group() => Path.Join(
        ControlGroupHierarchies.Find().Single(controller => controller.Name == "pids").Parent, ControlGroups.FolderOf(_run.RunDirectory), "execguard");

    private int[] Members() =>
        [.. File.ReadAllLines(Path.Join(Group(), "cgroup.procs")).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
}
