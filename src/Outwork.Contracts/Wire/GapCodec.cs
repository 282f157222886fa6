using System.Buffers.Binary;
using Outwork.Contracts.Events;

namespace Outwork.Contracts.Wire;

/// <summary>Broker to product: events were lost before this point of the stream.</summary>
public static class GapCodec
{
    private const int FixedLength = 48;
    private const ushort DetailTag = 1;

    /// <summary>Encodes; allocates nothing.</summary>
    /// <param name="destination">At least <see cref="FrameLimits.MaxEventFrame"/> bytes.</param>
    /// <param name="lost">Events lost since the last one delivered.</param>
    /// <param name="detail">Where, for people.</param>
    /// <param name="timeUnixNs">Wall clock, ns since 1970 (UTC).</param>
    /// <param name="nowNs">Monotonic clock, ns.</param>
    /// <returns>The frame's length.</returns>
    public static int Encode(Span<byte> destination, ulong lost, string detail, long timeUnixNs, long nowNs)
    {
        var fields = new FieldWriter(destination, FrameLimits.MaxEventFrame, FixedLength);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], timeUnixNs);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], lost);
        fields.TextIfAny(DetailTag, detail, FrameLimits.MaxText);
        FrameHeader.Write(destination, fields.Length, FrameType.Gap, 0, 0, nowNs);
        return fields.Length;
    }

    /// <summary>Decodes into an event of kind Gap; never throws.</summary>
    public static FrameFault TryDecode(ReadOnlySpan<byte> frame, Utf8Interning texts, out NotifyEvent? gap)
    {
        gap = null;
        FrameFault fault = FrameHeader.TryRead(frame, FrameType.Gap, FixedLength, out _);
        if (fault != FrameFault.None)
            return fault;
        string detail = "";
        var fields = new FieldReader(frame[FixedLength..]);
        while (fields.Next(out ushort tag, out ReadOnlySpan<byte> value))
        {
            if (tag == DetailTag && fields.Once(tag))
                detail = texts.Get(value, FrameLimits.MaxText);
        }

        if (fields.Faulted)
            return FrameFault.BadField;
        gap = new NotifyEvent
        {
            Kind = EventKind.Gap,
            TimeUnixNs = BinaryPrimitives.ReadInt64LittleEndian(frame[32..]),
            Lost = BinaryPrimitives.ReadUInt64LittleEndian(frame[40..]),
            Detail = detail,
        };
        return FrameFault.None;
    }
}
