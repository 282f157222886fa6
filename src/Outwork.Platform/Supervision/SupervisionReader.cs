using System.Buffers.Binary;
using System.Text;

namespace Outwork.Platform.Supervision;

/// <summary>Reads what <see cref="SupervisionWriter"/> wrote; reading past the end makes it <see cref="Faulted"/>.</summary>
internal ref struct SupervisionReader(ReadOnlySpan<byte> buffer)
{
    private ReadOnlySpan<byte> _rest = buffer;

    public bool Faulted { get; private set; }

    /// <summary>True when every byte was read and none was missing.</summary>
    public readonly bool Complete => !Faulted && _rest.IsEmpty;

    public byte Byte() => Take(sizeof(byte)) is [var value] ? value : (byte)0;

    public ushort UInt16() => Take(sizeof(ushort)) is { Length: > 0 } bytes ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;

    public uint UInt32() => Take(sizeof(uint)) is { Length: > 0 } bytes ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;

    public int Int32() => (int)UInt32();

    public string String() => Encoding.UTF8.GetString(Take(UInt16()));

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count)
        {
            Faulted = true;
            _rest = default;
            return default;
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
