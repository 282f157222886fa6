using System.Buffers.Binary;
using System.Text.Unicode;

namespace Outwork.Contracts.Wire;

/// <summary>
/// Appends tagged fields (u16 tag, u16 length, bytes, zeros to a multiple of 8) behind a fixed part. What does not fit is
/// cut at a character's end and remembered in <see cref="Truncated"/>; it never writes beyond the buffer.
/// </summary>
internal ref struct FieldWriter
{
    private const int FieldHeader = 4;
    private readonly Span<byte> _frame;

    public FieldWriter(Span<byte> destination, int maximum, int fixedLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, maximum);
        _frame = destination[..maximum];
        _frame[..fixedLength].Clear();
        Length = fixedLength;
    }

    public int Length { get; private set; }

    public bool Truncated { get; private set; }

    /// <summary>Writes a text of at most <paramref name="maximum"/> bytes; nothing when it is null.</summary>
    public bool Text(ushort tag, string? value, int maximum)
    {
        if (value is null)
            return true;
        int room = Room;
        if (room < 0)
            return Cut();
        Span<byte> target = _frame.Slice(Length + FieldHeader, Math.Min(room, maximum));
        Utf8.FromUtf16(value, target, out int read, out int written);
        Finish(tag, written);
        return read == value.Length || Cut();
    }

    /// <summary>Writes a text unless it is empty.</summary>
    public bool TextIfAny(ushort tag, string value, int maximum) => value.Length == 0 || Text(tag, value, maximum);

    /// <summary>Makes room for a block of known size; empty when there is none.</summary>
    public Span<byte> Block(ushort tag, int length)
    {
        if (Room < length)
        {
            Cut();
            return [];
        }

        Span<byte> block = _frame.Slice(Length + FieldHeader, length);
        block.Clear();
        Finish(tag, length);
        return block;
    }

    private readonly int Room => Math.Min(_frame.Length - Length - FieldHeader, ushort.MaxValue);

    private void Finish(ushort tag, int length)
    {
        Span<byte> field = _frame[Length..];
        BinaryPrimitives.WriteUInt16LittleEndian(field, tag);
        BinaryPrimitives.WriteUInt16LittleEndian(field[2..], (ushort)length);
        int end = FieldHeader + length;
        int padded = Aligned(end);
        field[end..padded].Clear();
        Length += padded;
    }

    private bool Cut()
    {
        Truncated = true;
        return false;
    }

    internal static int Aligned(int length) => (length + FrameLimits.Alignment - 1) & -FrameLimits.Alignment;
}
