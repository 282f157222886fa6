using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Cli.Tests.Support;

/// <summary>Records as a broker would make them.</summary>
internal static class Samples
{
    // 2026-01-02 03:04:05.678 UTC
    public const long Instant = 1_767_323_045_678_000_000;

    public static StatusSnapshot Status { get; } = new()
    {
        Version = "0.1.0",
        Protecting = true,
        ProtectingSinceUnixNs = Instant,
        Guarded = ["/", "/home"],
        NotGuarded = ["/mnt/nfs: a network file system"],
        Processes = [new("warden", "warden", 100, "running", 0, 0), new("product", "execguard", 103, "restarting", 61_234, 2)],
        Mechanisms =
        [
            new("fanotify.open-exec-perm", true, "judges execution", ""),
            new("bpf.telemetry", false, "refused: EPERM", "arguments of short-lived processes"),
        ],
        Products =
        [
            new ProductStatus
            {
                Name = "execguard", State = "judging", Pid = 103, Health = "healthy", ContentGeneration = 7, ContentVersion = "2026.1",
                Asked = 41, Answered = 40, Missed = 1,
            },
        ],
        Policy = new PolicyStatus(3, 2, "/etc/outwork/policy.yaml", Instant),
        Counters = [new("broker.events", 4_242), new("failures.queue-full", 0)],
        Latencies = [new("verdict.product", 40, 183.4, 1_900, 12_345, [])],
    };

    public static DecisionRecord Denied { get; } = new()
    {
        Id = 42,
        TimeUnixNs = Instant,
        Kind = EventKind.Exec,
        Via = ExecVia.Script,
        Path = "/tmp/eicar.sh",
        File = new FileIdentity(2_049, 77, 68, Instant, Instant),
        Pid = 1_234,
        ParentPid = 1_000,
        UserId = 1_001,
        Executable = "/usr/bin/bash",
        Verdict = Verdict.Deny,
        Source = VerdictSource.Product,
        Rule = "ask-execguard",
        Votes =
        [
            new("execguard", Verdict.Deny, 171.5, "YARA rule EICAR_Test_File"),
            new("second", Verdict.None, 0, ""),
        ],
        Microseconds = 183.4,
        PolicyGeneration = 3,
    };

    public static ProcessInfo[] Ancestry { get; } =
    [
        new() { Id = new ProcessId(1), Pid = 1_234, UserId = 1_001, Executable = "/usr/bin/bash", Arguments = ["bash", "-c", "/tmp/eicar.sh now"], WorkingDirectory = "/tmp" },
        new() { Id = new ProcessId(2), Pid = 1_000, Executable = "/usr/sbin/sshd", Reconstructed = true },
    ];

    public static NotifyEvent Event(DecisionRecord decision) => new() { Kind = EventKind.Decision, TimeUnixNs = decision.TimeUnixNs, Decision = decision };
}
