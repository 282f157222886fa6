using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Outwork.Products.ExecGuard.Lists;

/// <summary>A SHA-256, as four big-endian words: comparing them compares the bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct Sha256Digest(ulong A, ulong B, ulong C, ulong D)
{
    public const int Length = 32;

    public static Sha256Digest From(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]));

    /// <summary>The order of the bytes.</summary>
    public static int Compare(in Sha256Digest x, in Sha256Digest y)
    {
        int order = x.A.CompareTo(y.A);
        if (order == 0)
            order = x.B.CompareTo(y.B);
        if (order == 0)
            order = x.C.CompareTo(y.C);
        return order == 0 ? x.D.CompareTo(y.D) : order;
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => $"{A:x16}{B:x16}{C:x16}{D:x16}";
}
