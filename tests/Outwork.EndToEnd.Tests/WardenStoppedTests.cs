namespace Outwork.EndToEnd.Tests;

/// <summary>A warden that stands still: products' calls that it would answer do not wait for it.</summary>
public sealed class WardenStoppedTests
{
    private const string Marker = "outwork-refused-while-the-warden-stands-still";

    [Fact]
    public void Product_reads_new_content_and_judges_by_it_while_the_warden_is_stopped()
    {
        RequiresRoot.Check();
        using var directory = new TempDirectory();
        string mount = directory["guarded"];
        Directory.CreateDirectory(mount);
        Assert.Equal(0, TestProcess.Run("/bin/mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "outwork-test", mount).ExitCode);
        try
        {
            RunOn(mount);
        }
        finally
        {
            Assert.Equal(0, TestProcess.Run("/bin/umount", "-l", mount).ExitCode);
        }
    }

    private static void RunOn(string mount)
    {
        using var outwork = new RunningOutwork("--mount", mount);
        int warden = outwork.WardenPid;
        int number = 0;
        Assert.True(Prober.Starts(Script(mount, number++)));
        Assert.Equal(0, TestProcess.Run("/bin/kill", "-STOP", $"{warden}").ExitCode);
        try
        {
            // Reading it opens files, and each open waits for whoever is told of it. A keeper ends a warden that stands still for 10 s.
            File.WriteAllText(Path.Combine(outwork.ContentDirectory, "stopped.yar"), $"rule Stopped {{ strings: $a = \"{Marker}\" condition: $a }}\n");
            RunningOutwork.Eventually(() => !Prober.Starts(Script(mount, number++)), "the new rule refuses", seconds: 7);
        }
        finally
        {
            Assert.Equal(0, TestProcess.Run("/bin/kill", "-CONT", $"{warden}").ExitCode);
        }

        RunningOutwork.Eventually(() => outwork.Command("status", "--json").ExitCode == 0, "status");
        Assert.Equal(warden, outwork.WardenPid);
    }

    // Another file each time: of one that was allowed nothing is asked again.
    private static string Script(string mount, int number)
    {
        string path = Path.Combine(mount, $"script-{number}.sh");
        File.WriteAllText(path, $"#!/bin/sh\n# {Marker}\nexit 0\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        return path;
    }
}
