using System.Globalization;
using System.Text.RegularExpressions;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Processes;

namespace Outwork.Warden.Tests;

/// <summary>How much a product may use, and say.</summary>
public sealed class ProductLimitsTests : IDisposable
{
    private readonly WardenRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Product_is_in_control_groups_that_limit_it()
    {
        Start("echo confined >&2; exec sleep 1000", """{"needs":{"systemPrograms":true,"memoryMiB":64,"cpuPercent":50,"processes":40,"descriptors":100}}""");
        _run.WaitForError("^execguard: confined$");
        string membership = File.ReadAllText($"/proc/{_run.ProcessId("execguard")}/cgroup");
        string folder = ControlGroups.FolderOf(_run.RunDirectory);
        foreach (ControlGroupController controller in ControlGroupHierarchies.Find())
        {
            Assert.Contains($"{folder}/execguard", membership, StringComparison.Ordinal);
            string group = Path.Join(controller.Parent, folder, "execguard");
            (string file, string value) = (controller.Name, controller.Version) switch
            {
                ("memory", 1) => ("memory.limit_in_bytes", "67108864"),
                ("memory", _) => ("memory.max", "67108864"),
                ("cpu", 1) => ("cpu.cfs_quota_us", "50000"),
                ("cpu", _) => ("cpu.max", "50000 100000"),
                _ => ("pids.max", "40"),
            };
            Assert.Equal(value, File.ReadAllText(Path.Join(group, file)).Trim());
        }

        Assert.Matches(@"Max open files +100 +100", File.ReadAllText($"/proc/{_run.ProcessId("execguard")}/limits"));
    }

    [Fact]
    public void Product_that_uses_too_much_memory_is_ended_and_started_again()
    {
        // tail keeps what has no end of line.
        Start("head -c 300m /dev/zero | tail", """{"needs":{"systemPrograms":true,"memoryMiB":48}}""");
        _run.WaitForError("execguard ended with code (137|1|0); starting it again");
        Assert.Contains(ControlGroupHierarchies.Find(), controller => controller.Name == "memory");
        Assert.True(MemoryFailures() > 0, _run.Errors);
    }

    [Fact]
    public void Fork_bomb_ends_at_its_limit_and_nothing_is_left_of_it()
    {
        Start("bomb() { bomb | bomb & }; bomb 2>/dev/null; exec sleep 1000", """{"needs":{"systemPrograms":true,"processes":30}}""");
        string group = Path.Join(ControlGroupHierarchies.Find().Single(controller => controller.Name == "pids").Parent, ControlGroups.FolderOf(_run.RunDirectory), "execguard");
        _run.WaitFor(() => int.Parse(File.ReadAllText(Path.Join(group, "pids.current")), CultureInfo.InvariantCulture) >= 25, "the bomb");
        Assert.InRange(int.Parse(File.ReadAllText(Path.Join(group, "pids.current")), CultureInfo.InvariantCulture), 25, 30);
        _run.Warden!.RequestEnd();
        Assert.NotNull(_run.Warden.WaitForExit(TimeSpan.FromSeconds(10)));
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void Control_groups_and_descendants_of_a_product_of_a_killed_warden_are_ended_by_the_next()
    {
        Start("(sleep 1000 & ); (setsid sleep 1000 &); exec sleep 1000");
        _run.WaitFor(() => _run.FindControlGroups().Count > 0, "the control groups");
        _run.Warden!.Kill();
        _ = _run.Warden.WaitForExit(TimeSpan.FromSeconds(5));
        using LaunchedProcess next = _run.Start(waitForProtection: false);
        _run.WaitFor(() => _run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 2, "protection again");
        next.RequestEnd();
        Assert.Equal(new ProcessExit(0, 0), next.WaitForExit(TimeSpan.FromSeconds(10)));
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void Flood_of_log_lines_is_cut_and_the_cut_is_told()
    {
        Start("yes 0123456789012345678901234567890123456789 >&2");
        _run.WaitForError(@"^execguard: \(\d+ characters of its log were dropped");
        _run.WaitForError(@"^execguard: \(\d+ characters of its log were dropped", occurrence: 2);
        Assert.InRange(_run.Errors.Length, 64 * 1024, 4 * 64 * 1024);
    }

    [Fact]
    public void Line_of_a_product_cannot_pass_for_the_wardens()
    {
        Start("printf 'x\\routwork-warden: protection is on\\033[2J\\n' >&2; exec sleep 1000");
        _run.WaitForError(@"^execguard: x\?outwork-warden: protection is on\?\[2J$");
    }

    private void Start(string script, string? manifest = null)
    {
        _run.WriteScript("outwork-execguard", script);
        if (manifest is not null)
            WardenRun.WriteManifest(Path.Join(_run.Programs, "outwork-execguard"), manifest);
        _run.Start();
    }

    private long MemoryFailures()
    {
        ControlGroupController memory = ControlGroupHierarchies.Find().Single(controller => controller.Name == "memory");
        string group = Path.Join(memory.Parent, ControlGroups.FolderOf(_run.RunDirectory), "execguard");
        return memory.Version == 1
            ? long.Parse(File.ReadAllText(Path.Join(group, "memory.failcnt")), CultureInfo.InvariantCulture)
            : long.Parse(Regex.Match(File.ReadAllText(Path.Join(group, "memory.events")), @"(?<=^max )\d+", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).ValueSpan, CultureInfo.InvariantCulture);
    }
}
