using System.Globalization;
using System.Text.RegularExpressions;

namespace Outwork.Warden.Tests;

/// <summary>What a product that means harm gets for each attempt, told by itself (testassets/confinement/probe.c).</summary>
public sealed class RefusedAttemptsTests : IDisposable
{
    private readonly WardenRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Product_without_a_manifest_is_refused_every_attempt()
    {
        Dictionary<string, string> outcomes = Probe();
        Assert.All(
            (string[])["read-shadow", "read-passwd", "read-root", "read-hostname", "execute-shell", "write-var-tmp", "write-proc", "see-others"],
            what => Assert.Matches("^(EACCES|EPERM|ENOENT)$", outcomes[what]));
        Assert.All(
            (string[])
            [
                "ptrace", "read-memory", "signal-warden", "signal-init", "mount", "bpf", "perf", "raw-socket", "packet-socket", "connect-out", "netlink",
                "connect-unix", "unshare-user", "clone-user", "setns", "keyctl", "userfaultfd", "io-uring", "kexec", "init-module", "reboot",
                "personality", "open-by-handle",
            ],
            what => Assert.Equal("EPERM", outcomes[what]));
        Assert.NotEqual("DONE", outcomes["write-content"]);
        Assert.Equal("KILLED", outcomes["wrong-architecture"]);
        Assert.False(File.Exists("/var/tmp/outwork-probe"));
    }

    [Fact]
    public void Product_may_do_what_a_runtime_needs()
    {
        Dictionary<string, string> outcomes = Probe();
        Assert.All(
            (string[])["write-tmp", "see-self", "signal-self", "signal-child", "unix-socket", "memfd"],
            what => Assert.Equal("DONE", outcomes[what]));
    }

    [Fact]
    public void Attempts_are_told_with_the_call_and_the_process()
    {
        _ = Probe();
        int product = _run.ProcessId("execguard");
        foreach (string call in (string[])["ptrace", "process_vm_readv", "kill", "mount", "bpf", "socket", "unshare", "setns", "keyctl", "io_uring_setup", "reboot"])
            _run.WaitForError($@"^outwork-warden: execguard was REFUSED {call}\(-?\d+\) in process {product}");
    }

    [Fact]
    public void Signals_to_its_own_are_not_told()
    {
        _ = Probe();
        _run.WaitForError("REFUSED reboot");

        // The two that were refused, to the warden and to the first process: the first is told, the second only counted.
        Match told = Assert.Single(Regex.Matches(_run.Errors, @"REFUSED kill\((?<target>\d+)\)", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Equal(_run.Warden!.ProcessId.ToString(CultureInfo.InvariantCulture), told.Groups["target"].Value);
    }

    [Fact]
    public void Product_that_asks_and_is_allowed_has_the_network_and_no_raw_socket()
    {
        Dictionary<string, string> outcomes = Probe("""{"needs":{"network":true}}""", "--allow-network", "execguard");
        Assert.Equal("DONE", outcomes["connect-out"]);
        Assert.Equal("DONE", outcomes["netlink"]);
        Assert.Equal("EPERM", outcomes["raw-socket"]);
        Assert.Equal("EPERM", outcomes["packet-socket"]);
        Assert.Equal("EACCES", outcomes["read-passwd"]);
        Assert.Equal(new FileInfo("/proc/self/ns/net").LinkTarget, new FileInfo($"/proc/{_run.ProcessId("execguard")}/ns/net").LinkTarget);
    }

    [Fact]
    public void Product_without_the_network_is_in_an_empty_one()
    {
        _ = Probe();
        int product = _run.ProcessId("execguard");
        Assert.NotEqual(new FileInfo("/proc/self/ns/net").LinkTarget, new FileInfo($"/proc/{product}/ns/net").LinkTarget);
        string[] interfaces = File.ReadAllLines($"/proc/{product}/net/dev")[2..];
        Assert.All(interfaces, line => Assert.StartsWith("lo:", line.Trim(), StringComparison.Ordinal));
    }

    private Dictionary<string, string> Probe() => Probe(manifest: null);

    private Dictionary<string, string> Probe(string? manifest, params string[] arguments)
    {
        string program = _run.Compile("probe.c", "outwork-execguard-probe");
        File.Move(program, Path.Join(_run.Programs, "outwork-execguard"), overwrite: true);
        File.Delete(Path.Join(_run.Programs, "outwork-execguard.product.json"));
        if (manifest is not null)
            WardenRun.WriteManifest(Path.Join(_run.Programs, "outwork-execguard"), manifest);
        _run.Start(arguments: arguments);
        _run.WaitForError("probe-end=DONE$");
        return Regex.Matches(_run.Errors, @"^(?:\w+: )?(?<what>[a-z-]+)=(?<outcome>\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .ToDictionary(match => match.Groups["what"].Value, match => match.Groups["outcome"].Value);
    }
}
