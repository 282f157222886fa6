using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Agent.Tests.Support;

/// <summary>Events as the broker tells them.</summary>
internal static class SampleEvents
{
    public const long TimeNs = 1_795_255_200_123_456_789;

    public static NotifyEvent Decision(ulong id = 7, Verdict verdict = Verdict.Allow) => new()
    {
        Kind = EventKind.Decision,
        Via = ExecVia.Direct,
        TimeUnixNs = TimeNs,
        DecisionId = id,
        Decision = new DecisionRecord
        {
            Id = id,
            TimeUnixNs = TimeNs,
            Kind = EventKind.Exec,
            Via = ExecVia.Direct,
            Path = "/home/ada/eicar.com",
            File = new FileIdentity(0xfd01, 131_074, 68, TimeNs, TimeNs),
            Sha256 = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f",
            ProcessId = new ProcessId(0x1122334455667788),
            Pid = 4321,
            ParentPid = 4300,
            UserId = 1000,
            Executable = "/usr/bin/bash",
            Verdict = verdict,
            Source = VerdictSource.Product,
            Rule = "ask-execguard",
            Votes = [new ProductVote("execguard", verdict, 812.5, verdict == Verdict.Deny ? "YARA rule eicar" : "")],
            Microseconds = 930.1,
            PolicyGeneration = 3,
        },
    };

    public static NotifyEvent Exec(params string[] arguments) => new()
    {
        Kind = EventKind.Exec,
        Via = ExecVia.Direct,
        TimeUnixNs = TimeNs,
        DecisionId = 7,
        Process = Process(arguments),
    };

    public static NotifyEvent Fork() => new() { Kind = EventKind.Fork, TimeUnixNs = TimeNs, Process = Process("bash") };

    public static NotifyEvent Exit(int code) => new() { Kind = EventKind.Exit, TimeUnixNs = TimeNs, ExitCode = code, Process = Process("ls", "-l") };

    public static NotifyEvent Gap(ulong lost) => new() { Kind = EventKind.Gap, TimeUnixNs = TimeNs, Lost = lost, Detail = "the session's ring was full" };

    public static ProcessInfo Process(params string[] arguments) => new()
    {
        Id = new ProcessId(0xaabbccdd00112233),
        ParentId = new ProcessId(0x1122334455667788),
        Pid = 4322,
        ParentPid = 4321,
        UserId = 1000,
        GroupId = 1000,
        StartedUnixNs = TimeNs - 5_000_000,
        Executable = "/usr/bin/ls",
        Arguments = arguments,
        WorkingDirectory = "/home/ada",
        ControlGroupId = 99,
        ContainerId = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    };
}
