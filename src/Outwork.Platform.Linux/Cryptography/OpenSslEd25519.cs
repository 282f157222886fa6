using System.Security.Cryptography;
using Outwork.Trust.Keys;

namespace Outwork.Platform.Linux.Cryptography;

/// <summary>Ed25519 by libcrypto, the library that the framework itself uses here.</summary>
/// <remarks>Thread-safe, without state.</remarks>
public sealed unsafe class OpenSslEd25519 : IEd25519
{
    /// <summary>The one there need be.</summary>
    public static OpenSslEd25519 Instance { get; } = new();

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != IEd25519.KeyLength || signature.Length != IEd25519.SignatureLength)
            return false;
        fixed (byte* keyBytes = publicKey)
        fixed (byte* dataBytes = NotNull(data))
        fixed (byte* signatureBytes = signature)
        {
            using Interop.SafeEvpKeyHandle key = Interop.EVP_PKEY_new_raw_public_key(Interop.EVP_PKEY_ED25519, 0, keyBytes, (nuint)publicKey.Length);
            using Interop.SafeEvpContextHandle context = Interop.EVP_MD_CTX_new();
            bool holds = !key.IsInvalid && !context.IsInvalid && Interop.EVP_DigestVerifyInit(context, 0, 0, 0, key) == 1
                && Interop.EVP_DigestVerify(context, signatureBytes, (nuint)signature.Length, dataBytes, (nuint)data.Length) == 1;
            // What a refused signature leaves in this thread's queue would be reported by the framework's next failure.
            if (!holds)
                Interop.ERR_clear_error();
            return holds;
        }
    }

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> data)
    {
        using Interop.SafeEvpKeyHandle key = ReadPrivate(privateKey);
        using Interop.SafeEvpContextHandle context = Interop.EVP_MD_CTX_new();
        byte[] signature = new byte[IEd25519.SignatureLength];
        var length = (nuint)signature.Length;
        fixed (byte* dataBytes = NotNull(data))
        fixed (byte* signatureBytes = signature)
        {
            if (context.IsInvalid || Interop.EVP_DigestSignInit(context, 0, 0, 0, key) != 1
                || Interop.EVP_DigestSign(context, signatureBytes, &length, dataBytes, (nuint)data.Length) != 1)
                throw Failed("sign");
        }

        return signature;
    }

    /// <inheritdoc/>
    public byte[] PublicKeyOf(ReadOnlySpan<byte> privateKey)
    {
        using Interop.SafeEvpKeyHandle key = ReadPrivate(privateKey);
        byte[] raw = new byte[IEd25519.KeyLength];
        var length = (nuint)raw.Length;
        fixed (byte* bytes = raw)
        {
            if (Interop.EVP_PKEY_get_raw_public_key(key, bytes, &length) != 1)
                throw Failed("get the public key");
        }

        return raw;
    }

    private static Interop.SafeEvpKeyHandle ReadPrivate(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != IEd25519.KeyLength)
            throw new CryptographicException($"An Ed25519 private key has {IEd25519.KeyLength} bytes, not {privateKey.Length}.");
        fixed (byte* bytes = privateKey)
        {
            Interop.SafeEvpKeyHandle key = Interop.EVP_PKEY_new_raw_private_key(Interop.EVP_PKEY_ED25519, 0, bytes, (nuint)privateKey.Length);
            if (!key.IsInvalid)
                return key;
            key.Dispose();
            throw Failed("read the private key");
        }
    }

    // fixed gives null for an empty span, and libcrypto takes null for a question about the length.
    private static ReadOnlySpan<byte> NotNull(ReadOnlySpan<byte> data) => data.IsEmpty ? "\0"u8[..1] : data;

    private static CryptographicException Failed(string what)
    {
        Interop.ERR_clear_error();
        return new CryptographicException($"libcrypto could not {what} with Ed25519.");
    }
}
