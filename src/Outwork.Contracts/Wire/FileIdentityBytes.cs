using System.Buffers.Binary;
using Outwork.Contracts.Events;

namespace Outwork.Contracts.Wire;

/// <summary>The 40 bytes of a file's identity, the same in every frame that has one.</summary>
internal static class FileIdentityBytes
{
    public const int Length = 40;

    public static void Write(Span<byte> target, in FileIdentity file)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target, file.Device);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], file.Inode);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], file.Size);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], file.ModifiedNs);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], file.ChangedNs);
    }

    public static FileIdentity Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(source),
        BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[32..]));
}
