using System.Globalization;
using System.Text.RegularExpressions;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Warden.Tests;

/// <summary>What a confined product and agent find, told by themselves.</summary>
public sealed class ConfinementTests : IDisposable
{
    private readonly WardenRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Product_has_a_user_of_its_own_and_no_groups()
    {
        string status = RunProbe("cat /proc/self/status");
        uint user = uint.Parse(Field(status, "Uid").Split('\t')[0], CultureInfo.InvariantCulture);
        Assert.InRange(user, 61184u, 65519u);
        Assert.Equal($"{user}\t{user}\t{user}\t{user}", Field(status, "Uid"));
        Assert.Equal($"{user}\t{user}\t{user}\t{user}", Field(status, "Gid"));
        Assert.Equal("", Field(status, "Groups").Trim());
    }

    [Fact]
    public void Product_has_no_capability_and_cannot_get_one()
    {
        string status = RunProbe("cat /proc/self/status");
        foreach (string set in (string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
            Assert.Equal(0UL, Capabilities(status, set));
        Assert.Equal("1", Field(status, "NoNewPrivs"));
    }

    [Fact]
    public void Broker_keeps_only_the_capabilities_that_guarding_needs()
    {
        _run.Start();
        string status = File.ReadAllText($"/proc/{_run.ProcessId("broker")}/status");
        ulong held = Capabilities(File.ReadAllText("/proc/self/status"), "CapBnd");
        ulong kept = held & ReducedRoot.KeptCapabilities;
        Assert.NotEqual(held, kept);
        foreach (string set in (string[])["CapPrm", "CapEff", "CapBnd"])
            Assert.Equal(kept, Capabilities(status, set));
        foreach (string set in (string[])["CapInh", "CapAmb"])
            Assert.Equal(0UL, Capabilities(status, set));
        Assert.Equal("1", Field(status, "NoNewPrivs"));
        Assert.Equal("0\t0\t0\t0", Field(status, "Uid"));
    }

    [Fact]
    public void Broker_sees_the_machines_own_mounts_and_not_the_wardens_output()
    {
        _run.Start();
        int broker = _run.ProcessId("broker");
        Assert.Equal(new FileInfo("/proc/self/ns/mnt").LinkTarget, new FileInfo($"/proc/{broker}/ns/mnt").LinkTarget);
        Assert.DoesNotContain(
            Directory.EnumerateFiles($"/proc/{broker}/fd").Select(path => new FileInfo(path).LinkTarget),
            target => target is not null && target.EndsWith("/output", StringComparison.Ordinal));
    }

    [Fact]
    public void Product_has_its_session_its_renewal_and_the_standard_descriptors_and_no_other()
    {
        // ls opens the directory that it lists: that one is the next free number.
        string[] numbers = RunProbe("ls /proc/self/fd").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6"], numbers);
    }

    [Fact]
    public void Agent_has_five_sockets_and_a_pipe_more()
    {
        _run.WriteScript("outwork-agent", Probe("ls /proc/self/fd"));
        _run.Start();
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], ReadProbe().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Agent_says_what_it_says_through_a_pipe_of_its_own()
    {
        _run.WriteScript("outwork-agent", "readlink /proc/self/fd/2 >&2; echo 'outwork-warden: protection is on' >&2; exec sleep 1000");
        _run.Start();
        _run.WaitForError(@"^agent: pipe:\[\d+\]$");
        _run.WaitForError("^agent: outwork-warden: protection is on$");
    }

    [Fact]
    public void Product_is_in_a_mount_namespace_of_its_own()
    {
        string theirs = RunProbe("readlink /proc/self/ns/mnt").Trim();
        Assert.Matches(@"^mnt:\[\d+\]$", theirs);
        Assert.NotEqual(new FileInfo("/proc/self/ns/mnt").LinkTarget, theirs);
    }

    [Fact]
    public void Product_cannot_read_what_only_root_may()
    {
        string told = RunProbe("cat /etc/shadow; ls /root");
        Assert.Equal(2, Regex.Count(told, "Permission denied"));
    }

    [Fact]
    public void Product_can_read_its_content_and_not_change_it()
    {
        string content = Path.Join(_run.State, "content", "execguard");
        Directory.CreateDirectory(content);
        File.WriteAllText(Path.Join(content, "rule"), "the rule\n");
        string told = RunProbe("cat $OUTWORK_CONTENT_DIR/rule; echo x > $OUTWORK_CONTENT_DIR/rule");
        Assert.Contains("the rule", told, StringComparison.Ordinal);
        Assert.Contains("Read-only file system", told, StringComparison.Ordinal);
        Assert.Equal("the rule\n", File.ReadAllText(Path.Join(content, "rule")));
    }

    [Fact]
    public void Product_has_a_tmp_of_its_own()
    {
        string told = RunProbe("echo secret > /tmp/outwork-mine; cat /tmp/outwork-mine");
        Assert.Contains("secret", told, StringComparison.Ordinal);
        Assert.False(File.Exists("/tmp/outwork-mine"));
    }

    [Fact]
    public void Product_gets_only_the_environment_that_it_needs()
    {
        string[] names = [.. RunProbe("env").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0])];
        Assert.Subset(
            new HashSet<string>
            {
                "PATH", "PWD", "DOTNET_ROOT", "DOTNET_EnableDiagnostics", "DOTNET_GCgen0size", "DOTNET_TieredPGO",
                "OUTWORK_CONTENT_DIR", "OUTWORK_PACKAGE_DIR", "OUTWORK_RENEWAL_FD", "OUTWORK_RENEWAL_OFFER_FD", "OUTWORK_SESSION_FD",
            },
            names.ToHashSet());
    }

    [Fact]
    public void Product_is_limited()
    {
        string limits = RunProbe("cat /proc/self/limits");
        Assert.Matches(@"Max core file size +0 +0", limits);
        Assert.Matches(@"Max open files +1024 +1024", limits);
        Assert.Matches(@"Max processes +128 +128", limits);
    }

    [Fact]
    public void Agent_can_write_its_state_and_root_finds_it_there()
    {
        _run.WriteScript("outwork-agent", "mkdir $6; echo exported > $6/file; echo \"$(cat $2) done\" >&2; exec sleep 1000");
        _run.Start();
        _run.WaitForError("^agent: built-in done$");
        Assert.Equal("exported\n", File.ReadAllText(Path.Join(_run.State, "agent", "export", "file")));
    }

    [Fact]
    public void Agent_reads_the_administrators_policy_in_a_folder_that_only_root_may_enter()
    {
        string policy = Path.Join(_run.Root, "mine.yaml");
        File.WriteAllText(policy, "mine");
        File.SetUnixFileMode(policy, UnixFileMode.UserRead);
        _run.WriteScript("outwork-agent", "echo \"$(cat $2) $OUTWORK_POLICY_SOURCE\" >&2; exec sleep 1000");
        _run.Start(arguments: ["--policy", policy]);
        _run.WaitForError($"^agent: mine {Regex.Escape(policy)}$");
    }

    [Fact]
    public void Product_installed_elsewhere_runs()
    {
        string folder = Directory.CreateDirectory(Path.Join(_run.Root, "vendor")).FullName;
        string program = Path.Join(folder, "product");
        File.Copy(Path.Join(_run.Programs, "outwork-execguard"), program);
        File.WriteAllText(program, "#!/bin/sh\necho elsewhere $0 >&2\nexec sleep 1000\n");
        WardenRun.WriteManifest(program);
        _run.Start(arguments: ["--product", $"vendor={program}"]);
        _run.WaitForError("^vendor: elsewhere .*/private/program/product$");
    }

    /// <summary>Runs the commands in the product and returns what they printed.</summary>
    private string RunProbe(string commands)
    {
        _run.WriteScript("outwork-execguard", Probe(commands));
        _run.Start();
        return ReadProbe();
    }

    // Marked line by line: others write to the same file. A pipe's process leaves the probe's descriptors as they are.
    private static string Probe(string commands) =>
        $"{{ {commands}\n}} 2>&1 | sed -u 's/^/probe: /' >&2; echo probe-end >&2; exec sleep 1000";

    private string ReadProbe()
    {
        _run.WaitForError("^(execguard: |agent: )?probe-end$");
        const string mark = "probe: ";
        return string.Concat(
            _run.Errors.Split('\n').Select(WithoutName).Where(line => line.StartsWith(mark, StringComparison.Ordinal)).Select(line => line[mark.Length..] + "\n"));

        static string WithoutName(string line) => Regex.Replace(line, "^(execguard|agent): ", "", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
    }

    private static ulong Capabilities(string status, string set) =>
        ulong.Parse(Field(status, set), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static string Field(string status, string name) =>
        Regex.Match(status, $"^{name}:\\t(.*)$", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).Groups[1].Value;
}
