using System.Buffers.Binary;

namespace Outwork.Contracts.Wire;

/// <summary>Why the broker ends a session. The values are frozen.</summary>
public enum ClosingReason : ushort
{
    /// <summary>Not said.</summary>
    Unspecified = 0,

    /// <summary>Outwork stops.</summary>
    Shutdown = 1,

    /// <summary>The product broke the protocol: a counter of a ring was impossible, or too many frames were malformed.</summary>
    ProtocolViolation = 2,
}

/// <summary>Broker to product: nothing follows.</summary>
public static class ClosingCodec
{
    private const int FixedLength = 40;
    private const ushort MessageTag = 1;

    /// <summary>Encodes; allocates nothing.</summary>
    /// <param name="destination">At least <see cref="FrameLimits.MaxEventFrame"/> bytes.</param>
    /// <param name="reason">Why.</param>
    /// <param name="message">Why, for people.</param>
    /// <param name="nowNs">Monotonic clock, ns.</param>
    /// <returns>The frame's length.</returns>
    public static int Encode(Span<byte> destination, ClosingReason reason, string message, long nowNs)
    {
        var fields = new FieldWriter(destination, FrameLimits.MaxEventFrame, FixedLength);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[32..], (ushort)reason);
        fields.TextIfAny(MessageTag, message, FrameLimits.MaxText);
        FrameHeader.Write(destination, fields.Length, FrameType.Closing, 0, 0, nowNs);
        return fields.Length;
    }

    /// <summary>Decodes; never throws.</summary>
    public static FrameFault TryDecode(ReadOnlySpan<byte> frame, Utf8Interning texts, out ClosingReason reason, out string message)
    {
        reason = ClosingReason.Unspecified;
        message = "";
        FrameFault fault = FrameHeader.TryRead(frame, FrameType.Closing, FixedLength, out _);
        if (fault != FrameFault.None)
            return fault;
        var fields = new FieldReader(frame[FixedLength..]);
        while (fields.Next(out ushort tag, out ReadOnlySpan<byte> value))
        {
            if (tag == MessageTag && fields.Once(tag))
                message = texts.Get(value, FrameLimits.MaxText);
        }

        if (fields.Faulted)
            return FrameFault.BadField;
        reason = (ClosingReason)BinaryPrimitives.ReadUInt16LittleEndian(frame[32..]);
        return FrameFault.None;
    }
}
