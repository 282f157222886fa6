using System.Buffers.Binary;

namespace Outwork.Contracts.Wire;

/// <summary>New content is in force in a product.</summary>
/// <param name="Generation">Increases with each content put in force; replies name the one they were judged under.</param>
/// <param name="Version">The content's own version, for people.</param>
/// <param name="Message">What was loaded, for people.</param>
public sealed record ContentLoaded(ulong Generation, string Version, string Message);

/// <summary>Product to broker: new content is in force. The broker forgets what it cached of the product's answers.</summary>
public static class ContentLoadedCodec
{
    private const int FixedLength = 40;
    private const ushort VersionTag = 1;
    private const ushort MessageTag = 2;

    /// <summary>Encodes; allocates nothing.</summary>
    /// <param name="destination">At least <see cref="FrameLimits.MaxReplyFrame"/> bytes.</param>
    /// <param name="content">What is in force.</param>
    /// <param name="nowNs">Monotonic clock, ns.</param>
    /// <returns>The frame's length.</returns>
    public static int Encode(Span<byte> destination, ContentLoaded content, long nowNs)
    {
        var fields = new FieldWriter(destination, FrameLimits.MaxReplyFrame, FixedLength);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[32..], content.Generation);
        fields.TextIfAny(VersionTag, content.Version, FrameLimits.MaxName);
        fields.TextIfAny(MessageTag, content.Message, FrameLimits.MaxText);
        FrameHeader.Write(destination, fields.Length, FrameType.ContentLoaded, 0, 0, nowNs);
        return fields.Length;
    }

    /// <summary>Decodes hostile bytes; never throws.</summary>
    public static FrameFault TryDecode(ReadOnlySpan<byte> frame, Utf8Interning texts, out ContentLoaded? content)
    {
        content = null;
        FrameFault fault = FrameHeader.TryRead(frame, FrameType.ContentLoaded, FixedLength, out _);
        if (fault != FrameFault.None)
            return fault;
        string version = "";
        string message = "";
        var fields = new FieldReader(frame[FixedLength..]);
        while (fields.Next(out ushort tag, out ReadOnlySpan<byte> value))
        {
            if (tag == VersionTag && fields.Once(tag))
                version = texts.Get(value, FrameLimits.MaxName);
            else if (tag == MessageTag && fields.Once(tag))
                message = texts.Get(value, FrameLimits.MaxText);
        }

        if (fields.Faulted)
            return FrameFault.BadField;
        content = new ContentLoaded(BinaryPrimitives.ReadUInt64LittleEndian(frame[32..]), version, message);
        return FrameFault.None;
    }
}
