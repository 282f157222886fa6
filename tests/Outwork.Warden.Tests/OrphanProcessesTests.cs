using System.Globalization;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Processes;

namespace Outwork.Warden.Tests;

public sealed class OrphanProcessesTests
{
    [Fact]
    public void Children_that_are_not_own_are_killed_and_reaped_and_own_ones_stay()
    {
        using LaunchedProcess own = Start();
        LaunchedProcess[] orphans = [Start(), Start(), Start()];
        var mine = new HashSet<int>(orphans.Select(orphan => orphan.ProcessId));
        Assert.Equal(orphans.Length, OrphanProcesses.End(pid => !mine.Contains(pid)));
        Assert.All(orphans, orphan => Assert.False(Directory.Exists($"/proc/{orphan.ProcessId.ToString(CultureInfo.InvariantCulture)}")));
        Assert.Null(own.TryGetExit());
        own.Kill();
        Assert.NotNull(own.WaitForExit(TimeSpan.FromSeconds(5)));
        foreach (LaunchedProcess orphan in orphans)
            orphan.Dispose();
    }

    [Fact]
    public void Those_that_have_ended_are_reaped_and_the_others_left_alone()
    {
        using LaunchedProcess ended = Start("0");
        using LaunchedProcess running = Start("1000");
        var mine = new HashSet<int> { ended.ProcessId, running.ProcessId };
        for (long end = Environment.TickCount64 + 10_000; OrphanProcesses.Reap(pid => !mine.Contains(pid)) == 0;)
            Assert.True(Environment.TickCount64 < end);
        Assert.False(Directory.Exists($"/proc/{ended.ProcessId}"));
        Assert.Null(running.TryGetExit());
        running.Kill();
        Assert.NotNull(running.WaitForExit(TimeSpan.FromSeconds(5)));
    }

    private static LaunchedProcess Start(string seconds = "1000") => new LinuxProcessLauncher().Start(
        new ProcessSpec { Program = "/bin/sleep", Arguments = [seconds] }).Process!;
}
