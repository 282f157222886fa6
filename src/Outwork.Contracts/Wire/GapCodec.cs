using System.Buffers.Binary;
using Outwork.Contracts.Events;

namespace Outwork.Contracts.Wire;

/// <summary>Broker to product: events were lost before this point of the stream.</summary>
public static class GapCodec
{
    private const int FixedLength = 48;
    private const ushort DetailTag = 1;
    private const ushort LossTag = 2;
    private const int LossLength = 16;

    /// <summary>Encodes; allocates nothing.</summary>
    /// <param name="destination">At least <see cref="FrameLimits.MaxEventFrame"/> bytes.</param>
    /// <param name="lost">Events lost since the last one delivered.</param>
    /// <param name="detail">Where, for people.</param>
    /// <param name="timeUnixNs">Wall clock, ns since 1970 (UTC).</param>
    /// <param name="nowNs">Monotonic clock, ns.</param>
    /// <param name="losses">The same by kind and process; at most <see cref="LossAccount.MaxRows"/> rows are written.</param>
    /// <returns>The frame's length.</returns>
    public static int Encode(Span<byte> destination, ulong lost, string detail, long timeUnixNs, long nowNs, ReadOnlySpan<EventLoss> losses = default)
    {
        var fields = new FieldWriter(destination, FrameLimits.MaxEventFrame, FixedLength);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], timeUnixNs);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], lost);
        fields.TextIfAny(DetailTag, detail, FrameLimits.MaxText);
        foreach (ref readonly EventLoss loss in losses[..Math.Min(losses.Length, LossAccount.MaxRows)])
        {
            Span<byte> block = fields.Block(LossTag, LossLength);
            BinaryPrimitives.WriteUInt16LittleEndian(block, (ushort)loss.Kind);
            BinaryPrimitives.WriteInt32LittleEndian(block[4..], loss.Pid);
            BinaryPrimitives.WriteUInt64LittleEndian(block[8..], loss.Events);
        }

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
        Span<EventLoss> losses = stackalloc EventLoss[LossAccount.MaxRows];
        int rows = 0;
        var fields = new FieldReader(frame[FixedLength..]);
        while (fields.Next(out ushort tag, out ReadOnlySpan<byte> value))
        {
            if (tag == DetailTag && fields.Once(tag))
                detail = texts.Get(value, FrameLimits.MaxText);
            if (tag != LossTag)
                continue;
            if (value.Length < LossLength)
                return FrameFault.BadField;
            if (rows < losses.Length)
            {
                losses[rows++] = new EventLoss(
                    (EventKind)BinaryPrimitives.ReadUInt16LittleEndian(value),
                    BinaryPrimitives.ReadInt32LittleEndian(value[4..]),
                    BinaryPrimitives.ReadUInt64LittleEndian(value[8..]));
            }
        }

        if (fields.Faulted)
            return FrameFault.BadField;
        gap = new NotifyEvent
        {
            Kind = EventKind.Gap,
            TimeUnixNs = BinaryPrimitives.ReadInt64LittleEndian(frame[32..]),
            Lost = BinaryPrimitives.ReadUInt64LittleEndian(frame[40..]),
            Detail = detail,
            Losses = losses[..rows].ToArray(),
        };
        return FrameFault.None;
    }
}
