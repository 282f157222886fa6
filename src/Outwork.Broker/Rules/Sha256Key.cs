using System.Buffers.Binary;

namespace Outwork.Broker.Rules;

/// <summary>A SHA-256 as four numbers, ordered as its hexadecimal digits are.</summary>
internal readonly record struct Sha256Key(ulong A, ulong B, ulong C, ulong D) : IComparable<Sha256Key>
{
    /// <summary>Of 32 bytes.</summary>
    public static Sha256Key From(ReadOnlySpan<byte> hash) => new(
        BinaryPrimitives.ReadUInt64BigEndian(hash),
        BinaryPrimitives.ReadUInt64BigEndian(hash[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(hash[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(hash[24..]));

    /// <summary>Of 64 hexadecimal digits; false when the text is anything else. Allocates nothing.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Sha256Key key)
    {
        Span<byte> bytes = stackalloc byte[32];
        bool isHash = text.Length == 64 && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
        key = isHash ? From(bytes) : default;
        return isHash;
    }

    public int CompareTo(Sha256Key other) =>
        A != other.A ? A.CompareTo(other.A)
        : B != other.B ? B.CompareTo(other.B)
        : C != other.C ? C.CompareTo(other.C)
        : D.CompareTo(other.D);

    public static bool operator <(Sha256Key left, Sha256Key right) => left.CompareTo(right) < 0;

    public static bool operator >(Sha256Key left, Sha256Key right) => left.CompareTo(right) > 0;

    public static bool operator <=(Sha256Key left, Sha256Key right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Sha256Key left, Sha256Key right) => left.CompareTo(right) >= 0;
}
