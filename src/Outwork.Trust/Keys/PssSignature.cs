using System.Numerics;
using System.Security.Cryptography;

namespace Outwork.Trust.Keys;

/// <summary>RSASSA-PSS with SHA-256 and a salt of any length (RFC 8017, 8.1.2 and 9.1.2). Only public values are used.</summary>
internal static class PssSignature
{
    private const int DigestLength = SHA256.HashSizeInBytes;
    private const byte Trailer = 0xbc;

    public static bool Verifies(RSAParameters key, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        var modulus = new BigInteger(key.Modulus, isUnsigned: true, isBigEndian: true);
        var value = new BigInteger(signature, isUnsigned: true, isBigEndian: true);
        if (signature.Length != key.Modulus!.Length || value >= modulus)
            return false;
        long encodedBits = modulus.GetBitLength() - 1;
        byte[] encoded = new byte[(encodedBits + 7) / 8];
        BigInteger message = BigInteger.ModPow(value, new BigInteger(key.Exponent, isUnsigned: true, isBigEndian: true), modulus);
        int length = message.GetByteCount(isUnsigned: true);
        return length <= encoded.Length
            && message.TryWriteBytes(encoded.AsSpan(encoded.Length - length), out _, isUnsigned: true, isBigEndian: true)
            && IsEncodingOf(digest, encoded, (int)(8 * encoded.Length - encodedBits));
    }

    private static bool IsEncodingOf(ReadOnlySpan<byte> digest, Span<byte> encoded, int unusedBits)
    {
        if (encoded.Length < DigestLength + 2 || encoded[^1] != Trailer || (encoded[0] >> (8 - unusedBits)) != 0)
            return false;
        Span<byte> block = encoded[..^(DigestLength + 1)];
        ReadOnlySpan<byte> hash = encoded[^(DigestLength + 1)..^1];
        Unmask(block, hash);
        block[0] &= (byte)(0xff >> unusedBits);
        int one = block.IndexOfAnyExcept((byte)0);
        if (one < 0 || block[one] != 1)
            return false;
        ReadOnlySpan<byte> salt = block[(one + 1)..];
        byte[] padded = [0, 0, 0, 0, 0, 0, 0, 0, .. digest, .. salt];
        return hash.SequenceEqual(SHA256.HashData(padded));
    }

    // MGF1 of the hash, taken away.
    private static void Unmask(Span<byte> block, ReadOnlySpan<byte> hash)
    {
        byte[] seed = [.. hash, 0, 0, 0, 0];
        for (int at = 0; at < block.Length; at += DigestLength)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(seed.AsSpan(hash.Length), (uint)(at / DigestLength));
            byte[] mask = SHA256.HashData(seed);
            for (int i = at; i < Math.Min(at + DigestLength, block.Length); i++)
                block[i] ^= mask[i - at];
        }
    }
}
