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
        foreach (string call in (string[])["bpf", "perf_event_open", "unshare", "setns", "keyctl", "io_uring_setup", "reboot", "pidfd_send_signal"])
            AssertTold(product, call, "");
    }

    [Fact]
    public void Attempts_are_told_with_what_they_reached_for()
    {
        Dictionary<string, string> outcomes = Probe();
        int product = _run.ProcessId("execguard");
        int warden = _run.Warden!.ProcessId;
        foreach ((string what, string call, string target) in Reached(warden))
        {
            Assert.Matches("^(EACCES|EPERM|ENOENT|EXDEV|EBUSY|DONE)$", outcomes[what]);

            // A link may be made, and is told; nothing else is done.
            Assert.True(outcomes[what] != "DONE" || what.StartsWith("make-", StringComparison.Ordinal), what);
            AssertTold(product, call, target);
        }

        Assert.NotEqual("DONE", outcomes["make-folder"]);
        Assert.NotEqual("DONE", outcomes["make-device"]);
        Assert.False(Directory.Exists("/var/tmp/outwork-folder"));
    }

    [Fact]
    public void What_it_may_do_and_what_is_not_there_is_not_told()
    {
        Dictionary<string, string> outcomes = Probe();
        foreach (string what in (string[])["own-folder", "own-file", "own-move", "own-link", "own-mode", "own-remove", "own-program", "own-mounts", "make-good-link", "good-link", "write-tmp"])
            Assert.True(outcomes[what] == "DONE", $"{what} {outcomes[what]}");
        Assert.Equal("ENOENT", outcomes["missing"]);
        Assert.Equal("EFAULT", outcomes["bad-address"]);
        Assert.Equal("EPERM", outcomes["connect-name-cache"]);
        _run.WaitForError("REFUSED mkdir of /var/tmp/a");
        foreach (string silent in (string[])["nscd", "not-there", "/tmp/folder", "/tmp/good", "/tmp/mine", "stderr", "/comm", "/proc/self", "mounts", "openat of /run/"])
            Assert.DoesNotMatch($"REFUSED [^\n]*{silent}", _run.Errors);
    }

    [Fact]
    public void Name_with_control_characters_is_told_without_them()
    {
        _ = Probe();
        AssertTold(_run.ProcessId("execguard"), "mkdir", "/var/tmp/a?[31m?b?");
    }

    [Fact]
    public void Kernel_without_notification_refuses_the_same_and_tells_nothing()
    {
        // seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, ...)
        _run.Wrapper = [_run.Compile("without.c", "without"), "317:1:8", "--", Path.Join(_run.Programs, "outwork-warden")];
        Dictionary<string, string> outcomes = Probe();
        Assert.All((string[])["ptrace", "mount", "bpf", "raw-socket", "signal-init", "connect-unix"], what => Assert.Equal("EPERM", outcomes[what]));
        Assert.All((string[])["read-shadow", "relative", "by-link", "make-folder", "run", "signal-thread"], what => Assert.Matches("^(EACCES|EPERM)$", outcomes[what]));
        Assert.DoesNotContain("REFUSED", _run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Product_that_tries_without_end_is_told_seldom_and_keeps_no_other_product_waiting()
    {
        _run.WriteScript("outwork-flood", "while :; do true < /etc/shadow; done 2>/dev/null");
        _run.WriteScript("outwork-other", "for i in $(seq 200); do : < /dev/null; done; echo opened >&2; exec sleep 1000");
        _run.Start(arguments:
        [
            "--product", "flood=" + Path.Join(_run.Programs, "outwork-flood"), "--product", "other=" + Path.Join(_run.Programs, "outwork-other"),
        ]);
        _run.WaitForError("^outwork-warden: flood was REFUSED openat of /etc/shadow in process \\d+, 100 times by now$");
        _run.WaitForError("^other: opened$");
        Assert.InRange(Regex.Count(_run.Errors, "^outwork-warden: flood was REFUSED", RegexOptions.Multiline, TimeSpan.FromSeconds(1)), 3, 5);
    }

    [Fact]
    public void Signals_to_its_own_are_let_through_and_not_told()
    {
        _run.WriteScript("outwork-execguard", "for i in $(seq 20); do sleep 1000 & kill -9 $!; wait $! 2>/dev/null; done; kill -9 1; echo signalled >&2; exec sleep 1000");
        _run.Start();
        _run.WaitForError("^execguard: signalled$");
        _run.WaitForError("REFUSED kill of process 1 in process");
        Assert.DoesNotContain("times by now", _run.Errors, StringComparison.Ordinal);
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

    // The calls that the C library makes of it on x86-64.
    private static (string What, string Call, string Target)[] Reached(int warden) =>
    [
        ("read-shadow", "openat", "/etc/shadow"), ("read-passwd", "openat", "/etc/passwd"), ("read-root", "openat", "/"),
        ("see-others", "openat", "/proc/1/status"), ("write-var-tmp", "openat", "/var/tmp/outwork-probe"),
        ("relative", "openat", "/etc/gshadow"), ("dot-dot", "openat", "/etc/group"), ("directory", "openat", "/etc/profile"),
        ("own-root", "openat", "/etc/login.defs"), ("own-cwd", "openat", "/etc/issue"), ("openat2", "openat2", "/etc/nsswitch.conf"),
        ("make-link", "symlink", "/etc/shells (as /tmp/link)"), ("by-link", "openat", "/etc/shells"),
        ("make-relative-link", "symlink", "/etc/hosts (as /tmp/relative)"),
        ("make-folder", "mkdir", "/var/tmp/outwork-folder"), ("remove", "unlink", "/etc/hostname"), ("remove-folder", "rmdir", "/var/tmp"),
        ("move-out", "rename", "/var/tmp/outwork-mine"), ("move-in", "rename", "/etc/issue.net"), ("hard-link", "link", "/etc/passwd"),
        ("truncate", "truncate", "/etc/bash.bashrc"), ("change-mode", "chmod", "/etc/debian_version"),
        ("change-owner", "chown", "/etc/ld.so.conf"), ("change-time", "utimensat", "/etc/fstab"), ("make-device", "mknodat", "/tmp/device"),
        ("run", "execve", "/usr/bin/true"),
        ("ptrace", "ptrace", $"process {warden}"), ("read-memory", "process_vm_readv", $"process {warden}"),
        ("signal-warden", "kill", $"process {warden}"), ("signal-init", "kill", "process 1"),
        ("signal-thread", "tkill", $"process {warden}"), ("signal-group-thread", "tgkill", $"process {warden}"),
        ("mount", "mount", "/tmp"), ("raw-socket", "socket", "IPv4 raw"), ("packet-socket", "socket", "packet raw"),
        ("connect-out", "socket", "IPv4 stream"), ("netlink", "socket", "netlink raw"), ("connect-unix", "connect", "/run/dbus/system_bus_socket"),
    ];

    private void AssertTold(int product, string call, string target)
    {
        string of = target.Length == 0 ? "" : $" of {Regex.Escape(target)}";
        _run.WaitForError($"^outwork-warden: execguard was REFUSED {call}{of} in process {product}");
        _run.WaitForError($"^told RefusedAttemptCommand {{ Name = execguard, ProcessId = {product}, Call = {call}, Target = {Regex.Escape(target)}, Times = 1 }}");
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
        return Regex.Matches(_run.Errors, @"^(?:\w+: )?(?<what>[a-z0-9-]+)=(?<outcome>\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .ToDictionary(match => match.Groups["what"].Value, match => match.Groups["outcome"].Value);
    }
}
