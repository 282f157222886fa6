using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Outwork.Broker.Verdicts;

/// <summary>The first 64 bits of a SHA-256: tells contents apart that nobody made alike on purpose.</summary>
internal static class Fingerprint
{
    /// <summary>Of a text; never 0, which stands for unknown.</summary>
    public static ulong Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>Of bytes; never 0.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Math.Max(1, BinaryPrimitives.ReadUInt64LittleEndian(hash));
    }
}
