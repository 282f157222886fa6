using System.Buffers.Binary;
using Outwork.Contracts.Products;

namespace Outwork.Contracts.Wire;

/// <summary>Product to broker: how it is.</summary>
public static class HealthCodec
{
    private const int FixedLength = 40;
    private const ushort MessageTag = 1;

    /// <summary>Encodes; allocates nothing.</summary>
    /// <param name="destination">At least <see cref="FrameLimits.MaxReplyFrame"/> bytes.</param>
    /// <param name="health">The state.</param>
    /// <param name="message">A sentence for people.</param>
    /// <param name="nowNs">Monotonic clock, ns.</param>
    /// <returns>The frame's length.</returns>
    public static int Encode(Span<byte> destination, ProductHealth health, string message, long nowNs)
    {
        var fields = new FieldWriter(destination, FrameLimits.MaxReplyFrame, FixedLength);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[32..], (ushort)health);
        fields.TextIfAny(MessageTag, message, FrameLimits.MaxText);
        FrameHeader.Write(destination, fields.Length, FrameType.Health, 0, 0, nowNs);
        return fields.Length;
    }

    /// <summary>Decodes hostile bytes; never throws.</summary>
    public static FrameFault TryDecode(ReadOnlySpan<byte> frame, Utf8Interning texts, out ProductHealth health, out string message)
    {
        health = ProductHealth.Unknown;
        message = "";
        FrameFault fault = FrameHeader.TryRead(frame, FrameType.Health, FixedLength, out _);
        if (fault != FrameFault.None)
            return fault;
        ushort state = BinaryPrimitives.ReadUInt16LittleEndian(frame[32..]);
        if (state is 0 or > (ushort)ProductHealth.Failing)
            return FrameFault.BadValue;
        var fields = new FieldReader(frame[FixedLength..]);
        while (fields.Next(out ushort tag, out ReadOnlySpan<byte> value))
        {
            if (tag == MessageTag && fields.Once(tag))
                message = texts.Get(value, FrameLimits.MaxText);
        }

        if (fields.Faulted)
            return FrameFault.BadField;
        health = (ProductHealth)state;
        return FrameFault.None;
    }
}
