using System.Diagnostics;

namespace Outwork.EndToEnd.Tests;

/// <summary>A warden that is killed while its broker stands still, with programs, keeper and warden on what is guarded.</summary>
public sealed class WardenKilledTests
{
    private const int SecondsToLive = 60;

    [Fact]
    public void Nobody_waits_when_the_warden_is_killed_while_the_broker_is_stopped_and_the_guard_comes_back()
    {
        using var directory = new TempDirectory();
        string mount = directory["guarded"];
        Directory.CreateDirectory(mount);
        Assert.Equal(0, TestProcess.Run("/bin/mount", "-t", "tmpfs", "-o", "size=512m", "outwork-test", mount).ExitCode);
        try
        {
            // The next warden's own start has to be judged, too.
            Assert.Equal(0, TestProcess.Run("/bin/cp", "-r", Path.GetDirectoryName(RunningOutwork.Executable)!, Path.Combine(mount, "bin")).ExitCode);
            Assert.Equal(0, TestProcess.Run("/bin/cp", "/bin/true", mount).ExitCode);
            RunOn(mount);
        }
        finally
        {
            Assert.Equal(0, TestProcess.Run("/bin/umount", "-l", mount).ExitCode);
        }
    }

    private static void RunOn(string mount)
    {
        using var outwork = new RunningOutwork([Path.Combine(mount, "bin", "outwork")], ["--mount", mount]);
        int warden = outwork.WardenPid;
        int broker = outwork.Status().Processes.Single(static p => p.Role == "broker").Pid;

        // Whatever goes wrong, nobody waits for the stopped broker longer than this.
        using Process killer = TestProcess.Start("/", "/bin/sh", "-c", $"sleep {SecondsToLive}; kill -9 {broker}");
        try
        {
            Assert.Equal(0, TestProcess.Run("/bin/sh", "-c", $"kill -STOP {broker}; kill -KILL {warden}").ExitCode);
            var stopwatch = Stopwatch.StartNew();
            Assert.Equal(0, TestProcess.Run(Path.Combine(mount, "true")).ExitCode);
            Assert.InRange(stopwatch.Elapsed.TotalSeconds, 0, 2.5);
            RunningOutwork.Eventually(
                () => outwork.Command("status", "--json").ExitCode == 0 && outwork.Status().Protecting && outwork.WardenPid != warden, "protection again");
        }
        finally
        {
            killer.Kill(entireProcessTree: true);
            killer.WaitForExit();
        }
    }
}
