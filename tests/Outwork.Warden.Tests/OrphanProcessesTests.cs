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

    private static LaunchedProcess Start() => new LinuxProcessLauncher().Start(
        new ProcessSpec { Program = "/bin/sleep", Arguments = ["1000"] }).Process!;
}
