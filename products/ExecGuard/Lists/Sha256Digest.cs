using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Outwork.Products.ExecGuard.Lists;

/// <summary>A SHA-256, as four big-endian words: comparing them compares the bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct Sha256Digest(ulong A, ulong B, ulong C, ulong D) : IComparable<Sha256Digest>
{
    public const int Length = 32;

    public static Sha256Digest From(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]));

    public int CompareTo(Sha256Digest other)
    {
        int order = A.CompareTo(other.A);
        if (order != 0)
            return order;
        order = B.CompareTo(other.B);
        if (order != 0)
            return order;
        order = C.CompareTo(other.C);
        return order != 0 ? order : D.CompareTo(other.D);
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => $"{A:x16}{B:x16}{C:x16}{D:x16}";
}
