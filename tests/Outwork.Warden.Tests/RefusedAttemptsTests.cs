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

    private Dictionary<string, string> Probe(params string[] arguments)
    {
        string program = _run.Compile("probe.c", "outwork-execguard-probe");
        File.Move(program, Path.Join(_run.Programs, "outwork-execguard"), overwrite: true);
        File.Delete(Path.Join(_run.Programs, "outwork-execguard.product.json"));
        _run.Start(arguments: arguments);
        _run.WaitForError("probe-end=DONE$");
        return Regex.Matches(_run.Errors, @"^(?:\w+: )?(?<what>[a-z-]+)=(?<outcome>\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .ToDictionary(match => match.Groups["what"].Value, match => match.Groups["outcome"].Value);
    }
}
