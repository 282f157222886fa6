using System.Buffers.Binary;
using System.Text;

namespace Outwork.Platform.Supervision;

/// <summary>Appends little-endian fields to one message. Strings are a u16 length in bytes and UTF-8.</summary>
internal ref struct SupervisionWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public void Add(byte value) => _buffer[Length++] = value;

    public void Add(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer[Length..], value);
        Length += sizeof(ushort);
    }

    public void Add(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer[Length..], value);
        Length += sizeof(uint);
    }

    public void Add(int value) => Add((uint)value);

    public void Add(string value)
    {
        int bytes = Encoding.UTF8.GetBytes(value, _buffer[(Length + sizeof(ushort))..]);
        Add(checked((ushort)bytes));
        Length += bytes;
    }
}
