using System.Buffers.Binary;

namespace Outwork.Contracts.Wire;

/// <summary>Walks the tagged fields behind a fixed part. Every length is checked before it is used.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> fields)
{
    private ReadOnlySpan<byte> _rest = fields;
    private ulong _seen;

    /// <summary>True when a field ran beyond the frame; the walk then ends.</summary>
    public bool Faulted { get; private set; }

    public bool Next(out ushort tag, out ReadOnlySpan<byte> value)
    {
        tag = 0;
        value = default;
        if (_rest.IsEmpty || Faulted)
            return false;
        if (_rest.Length < 4)
            return Fail();
        tag = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]);
        int padded = FieldWriter.Aligned(4 + length);
        if (padded > _rest.Length)
            return Fail();
        value = _rest.Slice(4, length);
        _rest = _rest[padded..];
        return true;
    }

    /// <summary>Notes a tag (below 64) that may occur once; false, and the walk ends, when it was there before.</summary>
    public bool Once(ushort tag)
    {
        ulong bit = 1UL << tag;
        if ((_seen & bit) != 0)
            return Fail();
        _seen |= bit;
        return true;
    }

    private bool Fail()
    {
        Faulted = true;
        return false;
    }
}
