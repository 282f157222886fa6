using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;
using Outwork.Sdk.Channel;

namespace Outwork.Sdk.Testing.Chaos;

/// <summary>
/// A channel that plays the faults below the SDK's level: it stands between a product's host and the real channel, and
/// changes, adds or drops frames. Owns the real channel.
/// </summary>
/// <param name="inner">The real channel.</param>
/// <param name="plan">What it does.</param>
public sealed class ChaosChannel(IProductChannel inner, ChaosPlan plan) : IProductChannel
{
    private const int RepliesOfFlood = 20;
    private const int SubscriptionsOfFlood = 20;
    private static readonly TimeSpan AfterClosing = TimeSpan.FromMilliseconds(300);

    private readonly byte[] _made = new byte[FrameLimits.MaxReplyFrame];
    private readonly Utf8Interning _texts = new();
    private ulong _lastAnswered;
    private int _received;
    private int _answered;
    private bool _closing;

    /// <inheritdoc/>
    public ReceiveStatus TryReceive(Span<byte> buffer, out int length, out SafeFileHandle? descriptor)
    {
        length = 0;
        descriptor = null;
        if (plan.Behavior == ChaosBehavior.StopsReading && _received >= plan.AfterEvents)
            return ReceiveStatus.Empty;
        ReceiveStatus status = inner.TryReceive(buffer, out length, out descriptor);
        if (status != ReceiveStatus.Frame)
            return status;
        FrameType type = FrameHeader.TryRead(buffer[..length], out FrameHeader header) == FrameFault.None ? header.Type : FrameType.None;
        _received += type is FrameType.AuthRequest or FrameType.Notify ? 1 : 0;
        if (type != FrameType.Closing)
            return status;
        if (plan.Behavior == ChaosBehavior.IgnoresClosing)
            return ReceiveStatus.Empty;
        if (plan.Behavior == ChaosBehavior.AnswersAfterClosing && !_closing)
        {
            _closing = true;
            AnswerOnAndOn();
        }

        return status;
    }

    /// <inheritdoc/>
    public void WaitForFrames()
    {
        if (plan.Behavior == ChaosBehavior.StopsReading && _received >= plan.AfterEvents)
            Thread.CurrentThread.Join();
        inner.WaitForFrames();
    }

    /// <inheritdoc/>
    public SendStatus TrySend(ReadOnlySpan<byte> frame)
    {
        if (ReplyCodec.TryDecode(frame, _texts, out AuthReply reply) != FrameFault.None)
            return inner.TrySend(frame);
        _lastAnswered = reply.RequestId;
        if (++_answered <= plan.AfterEvents)
            return inner.TrySend(frame);
        switch (plan.Behavior)
        {
            case ChaosBehavior.NeverAnswers:
                return SendStatus.Sent;
            case ChaosBehavior.AnswersTwice:
                Verdict contrary = reply.Verdict == Verdict.Deny ? Verdict.Allow : Verdict.Deny;
                _ = inner.TrySend(frame);
                return Send(reply with { Verdict = contrary });
            case ChaosBehavior.AnswersForOthers:
                _ = inner.TrySend(frame);
                Send(reply with { RequestId = reply.RequestId + 1 });
                return Send(reply with { RequestId = reply.RequestId + 2, Verdict = Verdict.Deny });
            case ChaosBehavior.FloodsReplies:
                for (int i = 0; i < RepliesOfFlood; i++)
                    Send(reply);
                return SendStatus.Sent;
            case ChaosBehavior.FloodsSubscriptions:
                for (int i = 0; i < SubscriptionsOfFlood; i++)
                    Subscribe();
                return inner.TrySend(frame);
            case ChaosBehavior.SendsMalformedFrames:
                foreach ((_, byte[] malformed) in MalformedFrames.All(reply.RequestId, Now))
                    _ = inner.TrySend(malformed);
                return inner.TrySend(frame);
            case ChaosBehavior.BreaksRing:
                return SendWithLength(frame, uint.MaxValue);
            case ChaosBehavior.DetachesInMidFrame:
                // The whole is longer than what there is of it.
                SendWithLength(frame[..FrameLimits.HeaderLength], (uint)frame.Length);
                Environment.Exit(1);
                return SendStatus.Ended;
            default:
                return inner.TrySend(frame);
        }
    }

    /// <inheritdoc/>
    public void WaitForEnd()
    {
        inner.WaitForEnd();
        if (plan.Behavior == ChaosBehavior.OutlivesSession && !_closing)
            Thread.CurrentThread.Join();
    }

    /// <inheritdoc/>
    public void Close()
    {
        // The host closes when it was told to, and when the broker is gone: the first is no end that is outlived.
        _closing = true;
        inner.Close();
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private static long Now => MonotonicClock.Nanoseconds(TimeProvider.System);

    private SendStatus Send(in AuthReply reply) => inner.TrySend(_made.AsSpan(0, ReplyCodec.Encode(_made, reply, Now)));

    private void Subscribe()
    {
        var request = new SubscribeRequest("chaos", SubscribeRequest.Mask([EventKind.Exec, EventKind.Open]), 0, WantsDescriptor: true, 2);
        _ = inner.TrySend(_made.AsSpan(0, SubscribeCodec.Encode(_made, request, Now)));
    }

    private SendStatus SendWithLength(ReadOnlySpan<byte> frame, uint length)
    {
        frame.CopyTo(_made);
        BinaryPrimitives.WriteUInt32LittleEndian(_made, length);
        return inner.TrySend(_made.AsSpan(0, frame.Length));
    }

    private void AnswerOnAndOn()
    {
        long started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < AfterClosing)
        {
            Send(new AuthReply(_lastAnswered, Verdict.Deny, Cacheable: false, 0, "chaos: after closing"));
            _ = Thread.CurrentThread.Join(TimeSpan.FromMilliseconds(10));
        }
    }
}
