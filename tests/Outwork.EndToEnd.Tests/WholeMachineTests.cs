using System.Diagnostics;
using System.Security.Cryptography;
using Outwork.Contracts.Verdicts;

namespace Outwork.EndToEnd.Tests;

/// <summary>`up` on /, as the README has it.</summary>
public sealed class WholeMachineTests
{
    // Put together at run time: a test's assembly that held the string could not be opened here.
    private static readonly string Eicar = string.Concat(@"X5O!P%@AP[4\PZX54(P^)", "7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*");

    [Fact]
    public void Up_protects_the_machine_and_explains_what_it_refused()
    {
        using var directory = new TempDirectory();
        using var outwork = new RunningOutwork();
        Assert.StartsWith("Outwork protection is on: guarding /", outwork.ProtectionLine);

        // The test file itself, executed and given to a shell.
        string eicar = Script(directory, "eicar.sh", Eicar + "\n");
        AssertRefused(eicar);
        Assert.NotEqual(0, TestProcess.Run("/bin/sh", eicar).ExitCode);
        var denial = outwork.LastDenial(eicar);
        Assert.Equal((Verdict.Deny, "ask-execguard"), (denial?.Verdict, denial?.Rule));
        var explanation = outwork.Command("explain", $"{denial!.Id}");
        Assert.Equal(0, explanation.ExitCode);
        Assert.Contains("EICAR_Test_File", explanation.Output);
        Assert.Contains("Operation not permitted", explanation.Output);

        // A hash on the list and a rule dropped into the content directory.
        string listed = Script(directory, "listed.sh", "#!/bin/sh\necho listed\n");
        string matched = Script(directory, "matched.sh", "#!/bin/sh\necho OUTWORK-TEST-MARKER\n");
        Assert.Equal("listed\n", TestProcess.Run(listed).Output);
        Assert.Equal(0, TestProcess.Run(matched).ExitCode);
        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(listed)));
        File.AppendAllText(Path.Combine(outwork.ContentDirectory, "deny.sha256"), $"{hash}  listed.sh\n");
        File.WriteAllText(Path.Combine(outwork.ContentDirectory, "marker.yar"), "rule Marker { strings: $m = { 4F 55 54 57 4F 52 4B 2D 54 45 53 54 2D 4D 41 52 4B 45 52 } condition: $m }\n");
        RunningOutwork.Eventually(() => outwork.Status().Products.Any(p => p is { Name: "execguard", ContentGeneration: >= 2 }), "the content");
        RunningOutwork.Eventually(() => TestProcess.Run("/bin/sh", "-c", listed).ExitCode == 126, "the listed hash refused");
        RunningOutwork.Eventually(() => TestProcess.Run("/bin/sh", "-c", matched).ExitCode == 126, "the rule's match refused");

        // A broken rule is told with its place, and what was in force stays in force.
        File.WriteAllText(Path.Combine(outwork.ContentDirectory, "broken.yar"), "rule Broken {\n  condition: nonsense\n}\n");
        RunningOutwork.Eventually(() => outwork.Status().Products.Any(p => p.Health.Contains("broken.yar:2")), "the fault");
        AssertRefused(matched);

        // Everything else runs.
        Assert.Equal(0, TestProcess.Run("/bin/ls", "/").ExitCode);
        Assert.Equal("ok\n", TestProcess.Run("/bin/sh", "-c", "echo ok").Output);
    }

    [Fact]
    public void File_system_mounted_in_a_namespace_of_its_own_is_found_and_guarded()
    {
        using var directory = new TempDirectory();
        using var outwork = new RunningOutwork();
        string marker = Path.Combine(directory["found"]);
        string eicar = Script(directory, "eicar.sh", Eicar + "\n");

        // The first program shows where the hidden file system is; what it holds is refused once that is guarded.
        using var hidden = TestProcess.Start("/", "/usr/bin/unshare", "-m", "/bin/sh", "-c",
            $"mount -t tmpfs none /mnt && cp /bin/sleep /mnt/sleep && (tail -n +1 {eicar} > /mnt/eicar; chmod +x /mnt/eicar)"
            + $" && {{ /mnt/sleep 60 & until [ -e {marker} ]; do sleep 0.1; done; /mnt/eicar; echo $?; kill $!; }}");
        RunningOutwork.Eventually(() => outwork.Status().Counters.Any(c => c is { Name: "mounts.found-hidden", Value: >= 1 }), "the hidden file system");
        Assert.Contains(outwork.Status().Counters, static c => c is { Name: "exec.unjudged", Value: >= 1 });
        File.WriteAllText(marker, "");
        Assert.Equal("126", hidden.StandardOutput.ReadLine());
        hidden.WaitForExit();
    }

    [Fact]
    public void End_by_signal_and_by_kill_leaves_nothing_behind()
    {
        foreach (string signal in new[] { "-TERM", "-INT", "-KILL" })
        {
            using var outwork = new RunningOutwork();
            int[] processes = [.. outwork.Status().Processes.Select(p => p.Pid)];
            Assert.Equal(["agent", "broker", "keeper", "product", "warden"], outwork.Status().Processes.Select(static p => p.Role).Order());

            int code = outwork.End(signal);
            if (signal != "-KILL") Assert.Equal(0, code);

            RunningOutwork.Eventually(() => !processes.Any(pid => Directory.Exists($"/proc/{pid}")), "the end of all processes");
            RunningOutwork.Eventually(() => !Directory.Exists(outwork.RunDirectory), "no socket, no lock");
            Assert.Equal(0, TestProcess.Run("/bin/true").ExitCode);
        }
    }

    [Fact]
    public void Second_instance_is_refused_and_the_first_goes_on()
    {
        using var outwork = new RunningOutwork();

        var second = TestProcess.Run(RunningOutwork.Executable, "up", "--headless", "--run-dir", outwork.RunDirectory, "--state-dir", outwork.StateDirectory);

        Assert.Equal(5, second.ExitCode);
        Assert.Contains($"already runs here (warden pid {outwork.WardenPid})", second.Errors);
        Assert.True(outwork.Status().Protecting);
    }

    [Fact]
    public void Product_and_broker_that_are_killed_come_back_and_judge_again()
    {
        using var directory = new TempDirectory();
        using var outwork = new RunningOutwork();
        string eicar = Script(directory, "eicar.sh", Eicar + "\n");
        foreach (string role in new[] { "product", "broker" })
        {
            int pid = outwork.Status().Processes.Single(p => p.Role == role).Pid;
            TestProcess.Run("/bin/kill", "-9", $"{pid}");
            RunningOutwork.Eventually(() => outwork.Command("status", "--json").ExitCode == 0 && outwork.Status().Products.Any(p => p is { Name: "execguard", State: "judging" } && p.Pid != pid), $"the {role} again");
            RunningOutwork.Eventually(() => TestProcess.Run("/bin/sh", "-c", eicar).ExitCode == 126, $"judging after the {role}'s end");
        }
    }

    [Fact]
    public void Warden_that_is_killed_comes_back_and_meanwhile_nobody_waits()
    {
        using var directory = new TempDirectory();
        using var outwork = new RunningOutwork();
        string eicar = Script(directory, "eicar.sh", Eicar + "\n");
        string unknown = Script(directory, "unknown.sh", "#!/bin/sh\necho ran\n");
        int warden = outwork.WardenPid;

        TestProcess.Run("/bin/kill", "-9", $"{warden}");
        var stopwatch = Stopwatch.StartNew();
        Assert.Equal("ran\n", TestProcess.Run("/bin/sh", "-c", unknown).Output);
        Assert.InRange(stopwatch.Elapsed.TotalSeconds, 0, 2.5);

        RunningOutwork.Eventually(() => TestProcess.Run("/bin/sh", "-c", eicar).ExitCode == 126, "judging after the warden's end");
        Assert.InRange(stopwatch.Elapsed.TotalSeconds, 0, 6);
        Assert.NotEqual(warden, outwork.WardenPid);
    }

    [Fact]
    public void Broker_that_is_stopped_while_all_of_the_machine_is_guarded_holds_nobody_for_long()
    {
        using var directory = new TempDirectory();
        using var outwork = new RunningOutwork();
        string eicar = Script(directory, "eicar.sh", Eicar + "\n");
        string unknown = Script(directory, "unknown.sh", "#!/bin/sh\necho ran\n");
        int broker = outwork.Status().Processes.Single(p => p.Role == "broker").Pid;

        TestProcess.Run("/bin/kill", "-STOP", $"{broker}");
        var stopwatch = Stopwatch.StartNew();
        Assert.Equal("ran\n", TestProcess.Run("/bin/sh", "-c", unknown).Output);
        Assert.InRange(stopwatch.Elapsed.TotalSeconds, 0, 3.5);

        RunningOutwork.Eventually(() => TestProcess.Run("/bin/sh", "-c", eicar).ExitCode == 126, "judging by a new broker");
        Assert.InRange(stopwatch.Elapsed.TotalSeconds, 0, 8);
        Assert.NotEqual(broker, outwork.Status().Processes.Single(p => p.Role == "broker").Pid);
    }

    private static string Script(TempDirectory directory, string name, string text)
    {
        File.WriteAllText(directory[name], text);
        File.SetUnixFileMode(directory[name], (UnixFileMode)0b111_101_101);
        return directory[name];
    }

    private static void AssertRefused(string path)
    {
        var run = TestProcess.Run("/bin/bash", "-c", path);
        Assert.Equal(126, run.ExitCode);
        Assert.Contains("Operation not permitted", run.Errors);
    }
}
