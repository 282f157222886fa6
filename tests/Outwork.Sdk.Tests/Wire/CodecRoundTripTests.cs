using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Products;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;

namespace Outwork.Sdk.Tests.Wire;

public sealed class CodecRoundTripTests
{
    private readonly byte[] _frame = new byte[FrameLimits.MaxEventFrame];
    private readonly Utf8Interning _texts = new();

    // Texts that survive unchanged: whole characters, and short enough not to be cut.
    private static readonly Gen<string> Text =
        Gen.Elements("", "a", "/usr/bin/env", "ü", "日本語", "🛡 shield", "with \"quotes\" and \\", new string('x', 100));

    private static readonly Gen<ulong> Number = ArbMap.Default.GeneratorFor<ulong>();
    private static readonly Gen<long> Signed = ArbMap.Default.GeneratorFor<long>();
    private static readonly Gen<int> Pid = ArbMap.Default.GeneratorFor<int>();
    private static readonly Gen<bool> Flag = ArbMap.Default.GeneratorFor<bool>();

    private static readonly Gen<FileIdentity> File =
        from device in Number from inode in Number from size in Number from modified in Signed from changed in Signed
        select new FileIdentity(device, inode, size, modified, changed);

    private static readonly Gen<AuthQuestion> Questions =
        from id in Number from kind in Gen.Elements(EventKind.Exec, EventKind.Open) from via in Gen.Elements(Enum.GetValues<ExecVia>())
        from deadline in Signed from file in File from mode in Pid from pid in Pid from path in Text from executable in Text
        from process in Number from passed in Flag from prejudged in Flag
        select new AuthQuestion
        {
            RequestId = id, Kind = kind, Via = via, DeadlineNs = deadline, File = file, FileMode = (uint)mode, FileOwner = (uint)pid,
            Path = path, Executable = executable, ProcessId = new ProcessId(process), ParentProcessId = new ProcessId(~process),
            Pid = pid, ParentPid = ~pid, UserId = (uint)mode, HasDescriptor = passed, IsPrejudged = prejudged,
        };

    private static readonly Gen<ProcessInfo> Processes =
        from id in Number from pid in Pid from texts in Text.Three() from arguments in Text.ArrayOf()
        from cut in Flag from started in Signed from contained in Flag
        select new ProcessInfo
        {
            Id = new ProcessId(id), ParentId = new ProcessId(~id), Pid = pid, ParentPid = ~pid, UserId = (uint)pid, GroupId = 7,
            StartedUnixNs = started, Executable = texts.Item1, WorkingDirectory = texts.Item2, Arguments = arguments,
            ContainerId = contained ? texts.Item3 : null, ArgumentsTruncated = cut, ControlGroupId = id, Reconstructed = !cut,
        };

    private static readonly Gen<ProductVote> Votes =
        from product in Text from verdict in Gen.Elements(Enum.GetValues<Verdict>()) from us in Gen.Choose(0, 9999) from reason in Text
        select new ProductVote(product, verdict, us / 7.0, reason);

    private static readonly Gen<DecisionRecord> Decisions =
        from id in Number from file in File from texts in Text.Four() from votes in Votes.ArrayOf()
        from source in Gen.Elements(Enum.GetValues<VerdictSource>()) from failure in Gen.Elements(Enum.GetValues<VerdictFailure>())
        from stage in Gen.Elements(Enum.GetValues<RuleStage>()) from ruled in Flag from pid in Pid
        select new DecisionRecord
        {
            Id = id, TimeUnixNs = (long)id, Kind = EventKind.Exec, Via = ExecVia.Library, Path = texts.Item1, File = file,
            Sha256 = ruled ? texts.Item2 : null, Rule = ruled ? texts.Item3 : null, Executable = texts.Item4, ProcessId = new ProcessId(id),
            Pid = pid, ParentPid = ~pid, UserId = (uint)pid, Verdict = Verdict.Deny, AheadOfNeed = ruled, Source = source, Stage = stage, WouldBe = Verdict.Allow,
            Failure = failure, Votes = votes.Take(8).ToArray(), Microseconds = pid / 3.0, CachedFrom = ~id, PolicyGeneration = id / 2,
        };

    private static readonly Gen<NotifyEvent> Notifications =
        from kind in Gen.Elements(Enum.GetValues<EventKind>()) from process in Processes from decision in Decisions from file in File
        from hasProcess in Flag from hasDecision in Flag from code in Pid from lost in Number from detail in Text
        select new NotifyEvent
        {
            Kind = kind, Via = ExecVia.Direct, TimeUnixNs = (long)lost, Process = hasProcess ? process : null, ExitCode = code, File = file,
            DecisionId = lost, Decision = hasDecision ? decision : null, Lost = ~lost, Detail = detail, Reconstructed = hasProcess,
        };

    [Fact]
    public void Question_survives_the_wire() => Holds(Questions, question =>
    {
        int length = AuthRequestCodec.Encode(_frame, question, nowNs: 5);
        return AuthRequestCodec.TryDecode(_frame.AsSpan(0, length), _texts, out AuthQuestion? read) == FrameFault.None && read == question;
    });

    [Fact]
    public void Notification_survives_the_wire() => Holds(Notifications, notification =>
    {
        int length = NotifyCodec.Encode(_frame, notification, nowNs: 5);
        FrameFault fault = NotifyCodec.TryDecode(_frame.AsSpan(0, length), _texts, out NotifyEvent? read);
        return fault == FrameFault.None && Json(read!) == Json(notification);
    });

    [Fact]
    public void Reply_survives_the_wire() => Holds(
        from id in Number from verdict in Gen.Elements(Verdict.None, Verdict.Allow, Verdict.Deny) from cacheable in Flag from reason in Text
        select new AuthReply(id, verdict, cacheable && verdict != Verdict.None, ~id, reason),
        reply =>
        {
            int length = ReplyCodec.Encode(_frame, reply, nowNs: 5);
            return ReplyCodec.TryDecode(_frame.AsSpan(0, length), _texts, out AuthReply read) == FrameFault.None && read == reply;
        });

    [Fact]
    public void Subscription_survives_the_wire() => Holds(
        from name in Text from auth in Number from wants in Flag from concurrency in Gen.Choose(1, 64)
        select new SubscribeRequest(name, auth, ~auth, wants, concurrency),
        request =>
        {
            int length = SubscribeCodec.Encode(_frame, request, nowNs: 5);
            return SubscribeCodec.TryDecode(_frame.AsSpan(0, length), _texts, out SubscribeRequest? read) == FrameFault.None && read == request;
        });

    [Fact]
    public void Small_frames_survive_the_wire() => Holds(
        from text in Text from other in Text from number in Number
        from health in Gen.Elements(ProductHealth.Healthy, ProductHealth.Degraded, ProductHealth.Failing)
        select (text, other, number, health),
        sample =>
        {
            int length = HealthCodec.Encode(_frame, sample.health, sample.text, nowNs: 5);
            bool same = HealthCodec.TryDecode(_frame.AsSpan(0, length), _texts, out ProductHealth health, out string message) == FrameFault.None
                && health == sample.health && message == sample.text;
            var content = new ContentLoaded(sample.number, sample.text, sample.other);
            length = ContentLoadedCodec.Encode(_frame, content, nowNs: 5);
            same &= ContentLoadedCodec.TryDecode(_frame.AsSpan(0, length), _texts, out ContentLoaded? read) == FrameFault.None && read == content;
            EventLoss[] losses = [new(EventKind.Fork, (int)sample.number, sample.number), new(EventKind.None, 0, ~sample.number), new((EventKind)sample.number, -1, 0)];
            length = GapCodec.Encode(_frame, sample.number, sample.text, 9, nowNs: 5, losses);
            same &= GapCodec.TryDecode(_frame.AsSpan(0, length), _texts, out NotifyEvent? gap) == FrameFault.None
                && gap!.Losses.AsSpan().SequenceEqual(losses) && gap.Lost == sample.number && gap.Detail == sample.text && gap.Kind == EventKind.Gap;
            length = ClosingCodec.Encode(_frame, ClosingReason.Shutdown, sample.other, nowNs: 5);
            return same && ClosingCodec.TryDecode(_frame.AsSpan(0, length), _texts, out ClosingReason reason, out message) == FrameFault.None
                && reason == ClosingReason.Shutdown && message == sample.other;
        });

    [Fact]
    public void Notification_that_is_too_long_is_cut_and_says_so()
    {
        string path = "/" + new string('é', 5_000);
        var notification = FrameSamples.Notification with
        {
            Process = FrameSamples.Process with
            {
                Executable = path, WorkingDirectory = path, ArgumentsTruncated = false, Arguments = [.. Enumerable.Repeat(new string('a', 900), 50)],
            },
            Decision = FrameSamples.Decision with { Path = path, Executable = path },
        };
        int length = NotifyCodec.Encode(_frame, notification, nowNs: 5);
        Assert.Equal(FrameFault.None, FrameHeader.TryRead(_frame.AsSpan(0, length), out FrameHeader header));
        Assert.NotEqual(0, header.Flags & NotifyCodec.Truncated);
        Assert.Equal(FrameFault.None, NotifyCodec.TryDecode(_frame.AsSpan(0, length), _texts, out NotifyEvent? read));
        Assert.True(read!.Process!.ArgumentsTruncated);
        Assert.Equal(notification.Decision.Votes, read.Decision!.Votes);
        Assert.StartsWith(read.Decision.Path, path, StringComparison.Ordinal);
        Assert.Equal(1 + 2047, read.Decision.Path.Length);
    }

    [Fact]
    public void Reason_of_more_than_512_bytes_is_cut_at_a_character()
    {
        int length = ReplyCodec.Encode(_frame, new AuthReply(1, Verdict.Deny, false, 0, "x" + new string('€', 400)), nowNs: 5);
        Assert.Equal(FrameFault.None, ReplyCodec.TryDecode(_frame.AsSpan(0, length), _texts, out AuthReply reply));
        Assert.Equal("x" + new string('€', 170), reply.Reason);
    }

    [Theory]
    [InlineData((ushort)Verdict.None, 0)]
    [InlineData((ushort)Verdict.Hold, 0)]
    [InlineData(4, 0)]
    [InlineData(0x0101, 0)]
    [InlineData((ushort)Verdict.Allow, ReplyCodec.Failed)]
    [InlineData((ushort)Verdict.None, ReplyCodec.Failed | ReplyCodec.Cacheable)]
    public void Reply_with_an_impossible_verdict_is_refused(ushort verdict, byte flags)
    {
        int length = ReplyCodec.Encode(_frame, new AuthReply(1, Verdict.Deny, false, 0, ""), nowNs: 5);
        _frame[7] = flags;
        BitConverter.TryWriteBytes(_frame.AsSpan(32), verdict);
        Assert.Equal(FrameFault.BadValue, ReplyCodec.TryDecode(_frame.AsSpan(0, length), _texts, out _));
    }

    [Fact]
    public void Texts_that_come_again_are_the_same_string()
    {
        Assert.Same(_texts.Get("/usr/bin/true"u8), _texts.Get("/usr/bin/true"u8));
        Assert.Equal("\uFFFD", _texts.Get([0xFF]));
    }

    private static string Json(NotifyEvent value) => JsonSerializer.Serialize(value, ControlJsonContext.Default.NotifyEvent);

    private static void Holds<T>(Gen<T> values, Func<T, bool> property) =>
        Prop.ForAll(values.ToArbitrary(), property).QuickCheckThrowOnFailure();
}
