using System.Buffers.Binary;

namespace Outwork.Contracts.Wire;

/// <summary>The 32 bytes before every payload, little-endian.</summary>
/// <param name="Length">Bytes of the whole frame, a multiple of 8.</param>
/// <param name="Type">What the frame says.</param>
/// <param name="Version">Of the format.</param>
/// <param name="Flags">Meaning depends on the type.</param>
/// <param name="Sequence">Increases by one with each frame meant for the subscription, delivered or not.</param>
/// <param name="Correlation">Request id of a question and its reply, else 0.</param>
/// <param name="MonotonicNs">When the frame was made, on the system's monotonic clock.</param>
public readonly record struct FrameHeader(
    uint Length, FrameType Type, byte Version, byte Flags, ulong Sequence, ulong Correlation, long MonotonicNs)
{
    private const int FlagsOffset = 7;
    private const int SequenceOffset = 8;

    /// <summary>Reads and checks a header against the bytes that a ring delivered.</summary>
    public static FrameFault TryRead(ReadOnlySpan<byte> frame, out FrameHeader header)
    {
        header = default;
        if (frame.Length < FrameLimits.HeaderLength)
            return FrameFault.TooShort;
        header = new FrameHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(frame),
            (FrameType)BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]),
            frame[6],
            frame[FlagsOffset],
            BinaryPrimitives.ReadUInt64LittleEndian(frame[SequenceOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(frame[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(frame[24..]));
        if (header.Length != (uint)frame.Length || frame.Length % FrameLimits.Alignment != 0 || frame.Length > FrameLimits.MaxEventFrame)
            return FrameFault.BadLength;
        return header.Version == FrameLimits.Version ? FrameFault.None : FrameFault.UnsupportedVersion;
    }

    /// <summary>Numbers a frame that was encoded once for several subscribers.</summary>
    public static void SetSequence(Span<byte> frame, ulong sequence) =>
        BinaryPrimitives.WriteUInt64LittleEndian(frame[SequenceOffset..], sequence);

    internal static FrameFault TryRead(ReadOnlySpan<byte> frame, FrameType expected, int fixedLength, out FrameHeader header)
    {
        FrameFault fault = TryRead(frame, out header);
        if (fault != FrameFault.None)
            return fault;
        if (header.Type != expected)
            return FrameFault.UnexpectedType;
        return frame.Length < fixedLength ? FrameFault.TooShort : FrameFault.None;
    }

    internal static void Write(Span<byte> frame, int length, FrameType type, byte flags, ulong correlation, long nowNs)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)length);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[4..], (ushort)type);
        frame[6] = FrameLimits.Version;
        frame[FlagsOffset] = flags;
        BinaryPrimitives.WriteUInt64LittleEndian(frame[SequenceOffset..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[16..], correlation);
        BinaryPrimitives.WriteInt64LittleEndian(frame[24..], nowNs);
    }
}
