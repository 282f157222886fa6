using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Products;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;

namespace Outwork.Sdk.Tests.Wire;

/// <summary>One frame of each type with every field set; the golden files hold their bytes.</summary>
internal static class FrameSamples
{
    private const long Now = 0x0102030405060708;

    private static readonly FileIdentity File = new(0xFD00, 0x1234, 0x5678, 1_700_000_000_000_000_001, 1_700_000_000_000_000_002);

    public static AuthQuestion Question { get; } = new()
    {
        RequestId = 0x1122334455667788,
        Kind = EventKind.Exec,
        Via = ExecVia.Script,
        DeadlineNs = 0x0A0B0C0D0E0F1011,
        File = File,
        FileMode = 0x81ED,
        FileOwner = 1000,
        Path = "/home/ü/run.sh",
        ProcessId = new ProcessId(0xAABBCCDD00112233),
        ParentProcessId = new ProcessId(0x99887766),
        Pid = 4242,
        ParentPid = 4241,
        UserId = 1001,
        Executable = "/usr/bin/bash",
        HasDescriptor = true,
        IsPrejudged = true,
    };

    public static ProcessInfo Process { get; } = new()
    {
        Id = new ProcessId(0xAABBCCDD00112233),
        ParentId = new ProcessId(0x99887766),
        Pid = 4242,
        ParentPid = 4241,
        UserId = 1001,
        GroupId = 1002,
        StartedUnixNs = 1_700_000_000_000_000_003,
        Executable = "/usr/bin/bash",
        Arguments = ["bash", "", "-c", "true"],
        ArgumentsTruncated = true,
        WorkingDirectory = "/root",
        ControlGroupId = 77,
        ContainerId = "0123456789abcdef0123456789abcdef",
        Reconstructed = true,
    };

    public static DecisionRecord Decision { get; } = new()
    {
        Id = 99,
        TimeUnixNs = 1_700_000_000_000_000_004,
        Kind = EventKind.Exec,
        Via = ExecVia.Loader,
        Path = "/tmp/prog",
        File = File,
        Sha256 = new string('a', 64),
        ProcessId = new ProcessId(0xAABBCCDD00112233),
        Pid = 4242,
        ParentPid = 4241,
        UserId = 1001,
        Executable = "/usr/bin/bash",
        Verdict = Verdict.Deny,
        Source = VerdictSource.Product,
        Rule = "ask-execguard",
        Stage = RuleStage.Audit,
        WouldBe = Verdict.Deny,
        Failure = VerdictFailure.DeadlineMissed,
        Votes = [new ProductVote("execguard", Verdict.Deny, 12.5, "EICAR"), new ProductVote("other", Verdict.None, 0, "")],
        Microseconds = 61.25,
        CachedFrom = 98,
        PolicyGeneration = 3,
    };

    public static NotifyEvent Notification { get; } = new()
    {
        Kind = EventKind.Decision,
        Via = ExecVia.Loader,
        TimeUnixNs = 1_700_000_000_000_000_005,
        Process = Process,
        ExitCode = -7,
        File = File,
        DecisionId = 99,
        Decision = Decision,
        Lost = 5,
        Detail = "ring",
        Reconstructed = true,
    };

    public static IEnumerable<(string Name, byte[] Frame)> All()
    {
        yield return ("auth-request", Encoded(frame => AuthRequestCodec.Encode(frame, Question, Now)));
        yield return ("auth-request-bare", Encoded(frame => AuthRequestCodec.Encode(
            frame, new AuthQuestion { RequestId = 1, Kind = EventKind.Open, DeadlineNs = 2 }, Now)));
        yield return ("notify-decision", Encoded(frame => NotifyCodec.Encode(frame, Notification, Now)));
        yield return ("notify-exit", Encoded(frame => NotifyCodec.Encode(
            frame, new NotifyEvent { Kind = EventKind.Exit, TimeUnixNs = 3, ExitCode = 137, Process = Process with { Arguments = [] } }, Now)));
        yield return ("gap", Encoded(frame => GapCodec.Encode(frame, 1234, "the session's ring was full", 6, Now)));
        yield return ("gap-losses", Encoded(frame => GapCodec.Encode(
            frame, 12, "the session's ring was full", 6, Now, [new EventLoss(EventKind.Fork, 4242, 7), new EventLoss(EventKind.Exec, 0, 5)])));
        yield return ("auth-request-shadow", Encoded(frame => AuthRequestCodec.Encode(
            frame, new AuthQuestion { RequestId = 1, Kind = EventKind.Exec, DeadlineNs = 2, IsShadow = true }, Now)));
        yield return ("closing", Encoded(frame => ClosingCodec.Encode(frame, ClosingReason.ProtocolViolation, "a counter went back", Now)));
        yield return ("subscribe", Encoded(frame => SubscribeCodec.Encode(frame, new SubscribeRequest("execguard", 2 | 4, 8 | 16 | 64, true, 4), Now)));
        yield return ("reply-allow", Encoded(frame => ReplyCodec.Encode(frame, new AuthReply(7, Verdict.Allow, true, 3, ""), Now)));
        yield return ("reply-deny", Encoded(frame => ReplyCodec.Encode(frame, new AuthReply(8, Verdict.Deny, false, 3, "EICAR test file"), Now)));
        yield return ("reply-failed", Encoded(frame => ReplyCodec.Encode(frame, new AuthReply(9, Verdict.None, false, 3, "out of memory"), Now)));
        yield return ("health", Encoded(frame => HealthCodec.Encode(frame, ProductHealth.Degraded, "rules.yar:3: syntax error", Now)));
        yield return ("content-loaded", Encoded(frame => ContentLoadedCodec.Encode(frame, new ContentLoaded(4, "2026-11-21", "3 rules"), Now)));
        byte[] welcome = new byte[Welcome.Length];
        new Welcome(1 << 20, 1 << 18).Encode(welcome);
        yield return ("welcome", welcome);
    }

    private static byte[] Encoded(Func<byte[], int> encode)
    {
        byte[] frame = new byte[FrameLimits.MaxEventFrame];
        // What was in the buffer before must not show in a frame.
        Array.Fill(frame, (byte)0xCC);
        return frame[..encode(frame)];
    }
}
