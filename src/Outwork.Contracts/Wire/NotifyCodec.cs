using System.Buffers.Binary;
using Outwork.Contracts.Events;

namespace Outwork.Contracts.Wire;

/// <summary>Broker to product: something happened.</summary>
public static class NotifyCodec
{
    /// <summary>Header flag: re-read from the system's state rather than observed.</summary>
    public const byte Reconstructed = 1;

    /// <summary>Header flag: a text, argument or vote was cut to fit the frame.</summary>
    public const byte Truncated = 2;

    private const int FixedLength = 104;

    /// <summary>Encodes; allocates nothing. Always fits: what is too long is cut and <see cref="Truncated"/> set.</summary>
    /// <param name="destination">At least <see cref="FrameLimits.MaxEventFrame"/> bytes.</param>
    /// <param name="notification">What happened.</param>
    /// <param name="nowNs">Monotonic clock, ns.</param>
    /// <returns>The frame's length.</returns>
    public static int Encode(Span<byte> destination, NotifyEvent notification, long nowNs)
    {
        var fields = new FieldWriter(destination, FrameLimits.MaxEventFrame, FixedLength);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[32..], (ushort)notification.Kind);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[34..], (ushort)notification.Via);
        BinaryPrimitives.WriteInt32LittleEndian(destination[36..], notification.ExitCode);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], notification.TimeUnixNs);
        FileIdentityBytes.Write(destination[48..], notification.File);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[88..], notification.DecisionId);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[96..], notification.Lost);
        fields.TextIfAny(NotifyTags.Detail, notification.Detail, FrameLimits.MaxText);
        if (notification.Decision is not null)
            DecisionFields.Write(ref fields, notification.Decision);
        if (notification.Process is not null)
            ProcessFields.Write(ref fields, notification.Process);
        byte flags = (byte)((notification.Reconstructed ? Reconstructed : 0) | (fields.Truncated ? Truncated : 0));
        FrameHeader.Write(destination, fields.Length, FrameType.Notify, flags, 0, nowNs);
        return fields.Length;
    }

    /// <summary>Decodes; never throws.</summary>
    public static FrameFault TryDecode(ReadOnlySpan<byte> frame, Utf8Interning texts, out NotifyEvent? notification)
    {
        notification = null;
        FrameFault fault = FrameHeader.TryRead(frame, FrameType.Notify, FixedLength, out FrameHeader header);
        if (fault != FrameFault.None)
            return fault;
        string detail = "";
        var process = default(ProcessFields);
        var decision = default(DecisionFields);
        var fields = new FieldReader(frame[FixedLength..]);
        while (fields.Next(out ushort tag, out ReadOnlySpan<byte> value))
        {
            bool taken = tag switch
            {
                NotifyTags.Detail => fields.Once(tag),
                >= NotifyTags.Process and <= NotifyTags.ProcessArgument => process.Take(ref fields, tag, value, texts),
                >= NotifyTags.Decision and <= NotifyTags.DecisionVote => decision.Take(ref fields, tag, value, texts),
                _ => true,
            };
            if (!taken)
                return FrameFault.BadField;
            if (tag == NotifyTags.Detail)
                detail = texts.Get(value, FrameLimits.MaxText);
        }

        if (fields.Faulted)
            return FrameFault.BadField;
        notification = new NotifyEvent
        {
            Kind = (EventKind)BinaryPrimitives.ReadUInt16LittleEndian(frame[32..]),
            Via = (ExecVia)BinaryPrimitives.ReadUInt16LittleEndian(frame[34..]),
            ExitCode = BinaryPrimitives.ReadInt32LittleEndian(frame[36..]),
            TimeUnixNs = BinaryPrimitives.ReadInt64LittleEndian(frame[40..]),
            File = FileIdentityBytes.Read(frame[48..]),
            DecisionId = BinaryPrimitives.ReadUInt64LittleEndian(frame[88..]),
            Lost = BinaryPrimitives.ReadUInt64LittleEndian(frame[96..]),
            Detail = detail,
            Process = process.Build(),
            Decision = decision.Build(),
            Reconstructed = (header.Flags & Reconstructed) != 0,
        };
        return FrameFault.None;
    }
}
