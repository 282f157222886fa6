namespace Outwork.Trust.Keys;

/// <summary>Ed25519 (RFC 8032), which the framework does not have: the platform gives it.</summary>
/// <remarks>Implementations are thread-safe and never throw for bytes of a wrong length or value when verifying.</remarks>
public interface IEd25519
{
    /// <summary>Length of private and public keys. Bytes.</summary>
    public const int KeyLength = 32;

    /// <summary>Length of a signature. Bytes.</summary>
    public const int SignatureLength = 64;

    /// <summary>True when the signature is the key's over these bytes.</summary>
    bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);

    /// <summary>Signs.</summary>
    /// <param name="privateKey">The 32 bytes that RFC 8032 calls the private key.</param>
    /// <param name="data">What is signed.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is none.</exception>
    byte[] Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> data);

    /// <summary>The public key of a private one.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is none.</exception>
    byte[] PublicKeyOf(ReadOnlySpan<byte> privateKey);
}
