using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>
/// A record in memory that outlives its writer: u32 magic, u32 length of what follows the header, u64 key, u32 CRC-32C of key and content,
/// zeros up to 32 bytes, the content. A writer that is killed in the middle leaves one that is not valid.
/// </summary>
internal static class MemoryRecord
{
    public const uint Magic = 0x3152574F;
    public const int Header = 32;

    /// <summary>Writes one into a place that is large enough.</summary>
    public static void Write(Span<byte> place, ulong key, ReadOnlySpan<byte> content)
    {
        // Not a record while it is written, and again one at the end.
        BinaryPrimitives.WriteUInt32LittleEndian(place, 0);
        content.CopyTo(place[Header..]);
        place[Header..].Slice(content.Length).Clear();
        BinaryPrimitives.WriteInt32LittleEndian(place[4..], content.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(place[8..], key);
        BinaryPrimitives.WriteUInt32LittleEndian(place[16..], Checksum(key, content));
        Volatile.Write(ref MemoryMarshal.AsRef<uint>(place), Magic);
    }

    /// <summary>Reads one; false when there is none, or not a whole one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> place, out ulong key, out ReadOnlySpan<byte> content)
    {
        key = 0;
        content = default;
        if (BinaryPrimitives.ReadUInt32LittleEndian(place) != Magic)
            return false;
        int length = BinaryPrimitives.ReadInt32LittleEndian(place[4..]);
        key = BinaryPrimitives.ReadUInt64LittleEndian(place[8..]);
        if (length < 0 || length > place.Length - Header)
            return false;
        content = place.Slice(Header, length);
        return BinaryPrimitives.ReadUInt32LittleEndian(place[16..]) == Checksum(key, content);
    }

    private static uint Checksum(ulong key, ReadOnlySpan<byte> content)
    {
        uint crc = BitOperations.Crc32C(uint.MaxValue, key);
        for (; content.Length >= sizeof(ulong); content = content[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(content));
        foreach (byte rest in content)
            crc = BitOperations.Crc32C(crc, rest);
        return crc;
    }
}
