using System.Globalization;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Processes;

namespace Outwork.Warden.Tests;

/// <summary>A product that forks as fast as it is killed.</summary>
public sealed class RunawayProductTests : IDisposable
{
    private const string Manifest = """{"needs":{"data":true,"processes":40,"cpuPercent":100}}""";
    private readonly WardenRun _run = new();

    public RunawayProductTests()
    {
        Assert.Contains(ControlGroupHierarchies.Find(), controller => controller.Name == "pids");
        WardenRun.WriteManifest(_run.Compile("runaway.c", "outwork-execguard"), Manifest);
        _run.Start();
        _run.WaitForError("^execguard: running away$");
        Assert.NotEmpty(Members());
    }

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Restart_leaves_only_the_new_process_with_its_limit()
    {
        using (System.Diagnostics.Process product = System.Diagnostics.Process.GetProcessById(_run.ProcessId("execguard")))
            product.Kill();
        _run.WaitForError("^execguard: quiet$");
        Assert.Equal([_run.ProcessId("execguard", 2)], Members());
        Assert.Equal("40", File.ReadAllText(Path.Join(Group(), "pids.max")).Trim());
    }

    [Fact]
    public void Stop_leaves_nothing()
    {
        _run.Warden!.RequestEnd();
        Assert.Equal(new ProcessExit(0, 0), _run.Warden.WaitForExit(TimeSpan.FromSeconds(15)));
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void Next_warden_ends_what_a_killed_one_left()
    {
        _run.Warden!.Kill();
        _ = _run.Warden.WaitForExit(TimeSpan.FromSeconds(5));
        using LaunchedProcess next = _run.Start(waitForProtection: false);
        _run.WaitForError("^execguard: quiet$");
        Assert.Equal([_run.ProcessId("execguard", 2)], Members());
        next.RequestEnd();
        Assert.Equal(new ProcessExit(0, 0), next.WaitForExit(TimeSpan.FromSeconds(15)));
        _run.AssertNothingIsLeft();
    }

    private string Group() => Path.Join(
        ControlGroupHierarchies.Find().Single(controller => controller.Name == "pids").Parent, ControlGroups.FolderOf(_run.RunDirectory), "execguard");

    private int[] Members() =>
        [.. File.ReadAllLines(Path.Join(Group(), "cgroup.procs")).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
}
