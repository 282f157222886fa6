using System.Buffers.Binary;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Contracts.Wire;

/// <summary>Product to broker: the answer to one question.</summary>
public static class ReplyCodec
{
    /// <summary>Header flag: the verdict may be reused for the same content.</summary>
    public const byte Cacheable = 1;

    /// <summary>
    /// Header flag: the product could not judge (it threw, its content is unusable, it did not get the descriptor). The
    /// verdict is then 0, and the broker applies the rule's on-failure at once instead of at the deadline.
    /// </summary>
    public const byte Failed = 2;

    private const int FixedLength = 48;
    private const ushort ReasonTag = 1;

    /// <summary>Encodes; allocates nothing. A reply whose verdict is None says that judging failed.</summary>
    /// <param name="destination">At least <see cref="FrameLimits.MaxReplyFrame"/> bytes.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="nowNs">Monotonic clock, ns.</param>
    /// <returns>The frame's length.</returns>
    public static int Encode(Span<byte> destination, in AuthReply reply, long nowNs)
    {
        var fields = new FieldWriter(destination, FrameLimits.MaxReplyFrame, FixedLength);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[32..], (ushort)reply.Verdict);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], reply.ContentGeneration);
        fields.TextIfAny(ReasonTag, reply.Reason ?? "", FrameLimits.MaxText);
        byte flags = reply.Verdict == Verdict.None ? Failed : reply.Cacheable ? Cacheable : (byte)0;
        FrameHeader.Write(destination, fields.Length, FrameType.Reply, flags, reply.RequestId, nowNs);
        return fields.Length;
    }

    /// <summary>Decodes hostile bytes; never throws. A reply with <see cref="Failed"/> has the verdict None.</summary>
    public static FrameFault TryDecode(ReadOnlySpan<byte> frame, Utf8Interning texts, out AuthReply reply)
    {
        reply = default;
        FrameFault fault = FrameHeader.TryRead(frame, FrameType.Reply, FixedLength, out FrameHeader header);
        if (fault != FrameFault.None)
            return fault;
        ushort verdict = BinaryPrimitives.ReadUInt16LittleEndian(frame[32..]);
        bool failed = (header.Flags & Failed) != 0;
        bool cacheable = (header.Flags & Cacheable) != 0;
        if (failed ? verdict != 0 || cacheable : verdict is not ((ushort)Verdict.Allow or (ushort)Verdict.Deny))
            return FrameFault.BadValue;
        string reason = "";
        var fields = new FieldReader(frame[FixedLength..]);
        while (fields.Next(out ushort tag, out ReadOnlySpan<byte> value))
        {
            if (tag == ReasonTag && fields.Once(tag))
                reason = texts.Get(value, FrameLimits.MaxText);
        }

        if (fields.Faulted)
            return FrameFault.BadField;
        ulong generation = BinaryPrimitives.ReadUInt64LittleEndian(frame[40..]);
        reply = new AuthReply(header.Correlation, (Verdict)verdict, cacheable, generation, reason);
        return FrameFault.None;
    }
}
