using System.Buffers.Binary;

namespace Outwork.Contracts.Wire;

/// <summary>
/// The first and only message of the broker on the session's socket that is not about a question. Beside it go three
/// descriptors: the events region, the replies region, the broker's wake-up.
/// </summary>
/// <param name="EventsCapacity">Bytes of the events ring.</param>
/// <param name="RepliesCapacity">Bytes of the replies ring.</param>
public readonly record struct Welcome(int EventsCapacity, int RepliesCapacity)
{
    /// <summary>Bytes of the message.</summary>
    public const int Length = 32;

    /// <summary>Descriptors beside the message.</summary>
    public const int Descriptors = 3;

    /// <summary>Bytes of the message beside the descriptor of a question: u64 request id, u64 zero.</summary>
    public const int DescriptorMessageLength = 16;

    private const uint Magic = 0x3153574F; // "OWS1"

    /// <summary>Encodes.</summary>
    public void Encode(Span<byte> destination)
    {
        destination[..Length].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        destination[4] = FrameLimits.Version;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], (uint)EventsCapacity);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], (uint)RepliesCapacity);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], RingLayout.ControlLength);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[20..], FrameLimits.MaxEventFrame);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[24..], FrameLimits.MaxReplyFrame);
    }

    /// <summary>Decodes; never throws.</summary>
    public static FrameFault TryDecode(ReadOnlySpan<byte> message, out Welcome welcome)
    {
        welcome = default;
        if (message.Length < Length)
            return FrameFault.TooShort;
        if (BinaryPrimitives.ReadUInt32LittleEndian(message) != Magic)
            return FrameFault.UnexpectedType;
        if (message[4] != FrameLimits.Version)
            return FrameFault.UnsupportedVersion;
        uint events = BinaryPrimitives.ReadUInt32LittleEndian(message[8..]);
        uint replies = BinaryPrimitives.ReadUInt32LittleEndian(message[12..]);
        if (!RingLayout.IsCapacity(events) || !RingLayout.IsCapacity(replies)
            || BinaryPrimitives.ReadUInt32LittleEndian(message[16..]) != RingLayout.ControlLength)
        {
            return FrameFault.BadValue;
        }

        welcome = new Welcome((int)events, (int)replies);
        return FrameFault.None;
    }
}
