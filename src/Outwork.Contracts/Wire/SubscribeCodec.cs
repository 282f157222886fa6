using System.Buffers.Binary;
using Outwork.Contracts.Events;

namespace Outwork.Contracts.Wire;

/// <summary>What a product wants to be asked and told.</summary>
/// <param name="Name">The product's name as it gives it; the broker trusts only the one it was started under.</param>
/// <param name="AuthKinds">Bit n is set to be asked about the <see cref="EventKind"/> of value n.</param>
/// <param name="NotifyKinds">Bit n is set to be told of the <see cref="EventKind"/> of value n.</param>
/// <param name="WantsDescriptor">True to get an open descriptor of the file beside each question.</param>
/// <param name="Concurrency">How many questions it judges at a time, 1 to 64.</param>
public sealed record SubscribeRequest(string Name, ulong AuthKinds, ulong NotifyKinds, bool WantsDescriptor, int Concurrency)
{
    /// <summary>True when the product wants to be asked about <paramref name="kind"/>.</summary>
    public bool Asks(EventKind kind) => (AuthKinds & Bit(kind)) != 0;

    /// <summary>True when the product wants to be told of <paramref name="kind"/>.</summary>
    public bool Tells(EventKind kind) => (NotifyKinds & Bit(kind)) != 0;

    /// <summary>The mask of a set of kinds.</summary>
    public static ulong Mask(ReadOnlySpan<EventKind> kinds)
    {
        ulong mask = 0;
        foreach (EventKind kind in kinds)
            mask |= Bit(kind);
        return mask;
    }

    private static ulong Bit(EventKind kind) => (ushort)kind < 64 ? 1UL << (ushort)kind : 0;
}

/// <summary>Product to broker: its first frame; a later one replaces the subscription.</summary>
public static class SubscribeCodec
{
    /// <summary>Header flag: wants descriptors.</summary>
    public const byte WantsDescriptor = 1;

    /// <summary>The most questions a product may judge at a time.</summary>
    public const int MaxConcurrency = 64;

    private const int FixedLength = 56;
    private const ushort NameTag = 1;

    /// <summary>Encodes; allocates nothing.</summary>
    /// <param name="destination">At least <see cref="FrameLimits.MaxReplyFrame"/> bytes.</param>
    /// <param name="request">The subscription.</param>
    /// <param name="nowNs">Monotonic clock, ns.</param>
    /// <returns>The frame's length.</returns>
    public static int Encode(Span<byte> destination, SubscribeRequest request, long nowNs)
    {
        var fields = new FieldWriter(destination, FrameLimits.MaxReplyFrame, FixedLength);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[32..], request.AuthKinds);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], request.NotifyKinds);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[48..], (uint)request.Concurrency);
        fields.TextIfAny(NameTag, request.Name, FrameLimits.MaxName);
        byte flags = request.WantsDescriptor ? WantsDescriptor : (byte)0;
        FrameHeader.Write(destination, fields.Length, FrameType.Subscribe, flags, 0, nowNs);
        return fields.Length;
    }

    /// <summary>Decodes hostile bytes; never throws.</summary>
    public static FrameFault TryDecode(ReadOnlySpan<byte> frame, Utf8Interning texts, out SubscribeRequest? request)
    {
        request = null;
        FrameFault fault = FrameHeader.TryRead(frame, FrameType.Subscribe, FixedLength, out FrameHeader header);
        if (fault != FrameFault.None)
            return fault;
        uint concurrency = BinaryPrimitives.ReadUInt32LittleEndian(frame[48..]);
        if (concurrency is 0 or > MaxConcurrency)
            return FrameFault.BadValue;
        string name = "";
        var fields = new FieldReader(frame[FixedLength..]);
        while (fields.Next(out ushort tag, out ReadOnlySpan<byte> value))
        {
            if (tag == NameTag && fields.Once(tag))
                name = texts.Get(value, FrameLimits.MaxName);
        }

        if (fields.Faulted)
            return FrameFault.BadField;
        request = new SubscribeRequest(
            name,
            BinaryPrimitives.ReadUInt64LittleEndian(frame[32..]),
            BinaryPrimitives.ReadUInt64LittleEndian(frame[40..]),
            (header.Flags & WantsDescriptor) != 0,
            (int)concurrency);
        return FrameFault.None;
    }
}
