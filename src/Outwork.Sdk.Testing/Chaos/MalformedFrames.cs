using System.Buffers.Binary;
using Outwork.Contracts.Events;
using Outwork.Contracts.Products;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;

namespace Outwork.Sdk.Testing.Chaos;

/// <summary>Frames that a correct product never sends, one of each kind. All have the length that they say, so that the ring stays whole.</summary>
public static class MalformedFrames
{
    private const int Long = 64;

    /// <summary>Every kind.</summary>
    /// <param name="request">An open question, for the replies among them.</param>
    /// <param name="nowNs">Monotonic clock, ns.</param>
    public static IReadOnlyList<(string Name, byte[] Frame)> All(ulong request, long nowNs) =>
    [
        ("unknown type", Changed(Reply(request, nowNs), static frame => BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(4), 0x7777))),
        ("type of the other direction", Changed(Reply(request, nowNs), static frame => BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(4), (ushort)FrameType.AuthRequest))),
        ("version of another format", Changed(Reply(request, nowNs), static frame => frame[6] = 99)),
        ("header without a payload", Bare(FrameType.Reply)),
        ("verdict that does not exist", Changed(Reply(request, nowNs), static frame => frame.AsSpan(FrameLimits.HeaderLength, 8).Fill(0xEE))),
        ("field longer than the frame", Changed(Reply(request, nowNs), static frame => frame.AsSpan(48).Fill(0xFF))),
        ("health that does not exist", Changed(Health(nowNs), static frame => BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(FrameLimits.HeaderLength), 0xEEEE))),
        ("subscription with no concurrency", Changed(Subscription(nowNs), static frame => BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(48), 0))),
        ("content report cut short", Bare(FrameType.ContentLoaded)),
        ("noise", Noise()),
    ];

    private static byte[] Changed(byte[] frame, Action<byte[]> change)
    {
        change(frame);
        return frame;
    }

    private static byte[] Reply(ulong request, long nowNs)
    {
        byte[] frame = new byte[FrameLimits.MaxReplyFrame];
        return frame[..ReplyCodec.Encode(frame, new AuthReply(request, Verdict.Allow, false, 0, "malformed in one place"), nowNs)];
    }

    private static byte[] Health(long nowNs)
    {
        byte[] frame = new byte[FrameLimits.MaxReplyFrame];
        return frame[..HealthCodec.Encode(frame, ProductHealth.Healthy, "malformed in one place", nowNs)];
    }

    private static byte[] Subscription(long nowNs)
    {
        byte[] frame = new byte[FrameLimits.MaxReplyFrame];
        return frame[..SubscribeCodec.Encode(frame, new SubscribeRequest("malformed", 0, 0, false, 1), nowNs)];
    }

    private static byte[] Bare(FrameType type)
    {
        byte[] frame = new byte[FrameLimits.HeaderLength];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, FrameLimits.HeaderLength);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(4), (ushort)type);
        frame[6] = FrameLimits.Version;
        return frame;
    }

    private static byte[] Noise()
    {
        byte[] frame = new byte[Long];
        for (int i = 0; i < frame.Length; i++)
            frame[i] = (byte)(i * 151);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Long);
        return frame;
    }
}
