using System.Security.Cryptography;
using System.Text;

namespace Outwork.Trust.Keys;

/// <summary>A public key of a metadata file.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed class TrustKey
{
    private const int P256InfoLength = 91;
    private const int SmallestRsaBits = 2048;
    private const int LargestRsaBits = 8192;
    private const int LongestExponent = 8;
    private const int ShownDigits = 8;
    private const string InfoLabel = "PUBLIC KEY";
    private const string RsaLabel = "RSA PUBLIC KEY";

    // SubjectPublicKeyInfo of every P-256 key up to the point (RFC 5480): other curves, and curves described by their parameters, are not
    // even given to the library.
    private static readonly byte[] P256InfoStart = Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

    // Read once: reading costs as much as checking a signature. Null for Ed25519 and for what cannot be used. Under the lock: the framework does not
    // promise that two threads may verify with one object.
    private readonly AsymmetricAlgorithm? _key;
    private readonly Lock _gate = new();

    private TrustKey(string id, string type, string schemeName, string text, KeyScheme scheme, byte[] material, AsymmetricAlgorithm? key)
    {
        _key = key;
        Id = id;
        Type = type;
        SchemeName = schemeName;
        Text = text;
        Scheme = scheme;
        Material = material;
    }

    /// <summary>Its name in the metadata: opaque, never computed from the key.</summary>
    public string Id { get; }

    /// <summary>The member <c>keytype</c>.</summary>
    public string Type { get; }

    /// <summary>The member <c>scheme</c>.</summary>
    public string SchemeName { get; }

    /// <summary>The member <c>public</c> of <c>keyval</c>.</summary>
    public string Text { get; }

    /// <summary>How it signs; unknown when the key cannot be used.</summary>
    public KeyScheme Scheme { get; }

    /// <summary>The key itself: SubjectPublicKeyInfo, or 32 bytes for Ed25519. Two names of one key have the same.</summary>
    public ReadOnlyMemory<byte> Material { get; }

    /// <summary>The beginning of a key's name, for people.</summary>
    public static string Short(string keyId) => keyId[..Math.Min(ShownDigits, keyId.Length)];

    /// <summary>Reads a key; one that cannot be used is of an unknown scheme and no fault of the metadata.</summary>
    public static TrustKey Create(string id, string type, string scheme, string text)
    {
        KeyScheme known = (type, scheme) switch
        {
            ("ecdsa" or "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256") => KeyScheme.EcdsaP256,
            ("ed25519", "ed25519") => KeyScheme.Ed25519,
            ("rsa", "rsassa-pss-sha256") => KeyScheme.RsaPss,
            ("rsa", "rsa-pkcs1v15-sha256") => KeyScheme.RsaPkcs1,
            _ => KeyScheme.Unknown,
        };
        (byte[] Material, AsymmetricAlgorithm? Key)? read = known switch
        {
            KeyScheme.EcdsaP256 => ReadEcdsa(text),
            KeyScheme.Ed25519 => FromHexadecimal(text) is { Length: IEd25519.KeyLength } raw ? (raw, null) : null,
            KeyScheme.RsaPss or KeyScheme.RsaPkcs1 => ReadRsa(text),
            _ => null,
        };
        return new TrustKey(id, type, scheme, text, read is null ? KeyScheme.Unknown : known, read?.Material ?? [], read?.Key);
    }

    /// <summary>True when the signature is this key's over these bytes. Never throws.</summary>
    /// <param name="data">What was signed.</param>
    /// <param name="signature">Of any content.</param>
    /// <param name="ed25519">Null when the platform has none: such keys then verify nothing.</param>
    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, IEd25519? ed25519)
    {
        if (signature.IsEmpty)
            return false;
        try
        {
            return Scheme switch
            {
                KeyScheme.EcdsaP256 => VerifiesEcdsa((ECDsa)_key!, data, signature),
                KeyScheme.Ed25519 => signature.Length == IEd25519.SignatureLength && ed25519 is not null && ed25519.Verify(Material.Span, data, signature),
                KeyScheme.RsaPss or KeyScheme.RsaPkcs1 => VerifiesRsa((RSA)_key!, data, signature),
                _ => false,
            };
        }
        catch (CryptographicException)
        {
            // A signature of a shape that the library refuses to look at.
            return false;
        }
    }

    private bool VerifiesEcdsa(ECDsa key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        lock (_gate)
            return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private bool VerifiesRsa(RSA key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        lock (_gate)
        {
            if (Scheme == KeyScheme.RsaPkcs1)
                return key.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            // The framework wants a salt as long as the digest; other signers take the longest one.
            return key.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
                || PssSignature.Verifies(key.ExportParameters(includePrivateParameters: false), SHA256.HashData(data), signature);
        }
    }

    private static (byte[] Material, AsymmetricAlgorithm? Key)? ReadEcdsa(string text)
    {
        byte[]? info = FromPem(text, InfoLabel) ?? (FromHexadecimal(text) is [4, ..] point ? [.. P256InfoStart[..^1], .. point] : null);
        if (info is not { Length: P256InfoLength } || !info.AsSpan().StartsWith(P256InfoStart))
            return null;
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(info, out _);
            return (info, key);
        }
        catch (CryptographicException)
        {
            // The point is not on the curve.
            key.Dispose();
            return null;
        }
    }

    private static (byte[] Material, AsymmetricAlgorithm? Key)? ReadRsa(string text)
    {
        RSA key = RSA.Create();
        (byte[] Material, AsymmetricAlgorithm? Key)? read = null;
        try
        {
            if (FromPem(text, InfoLabel) is { } info)
                key.ImportSubjectPublicKeyInfo(info, out _);
            else if (FromPem(text, RsaLabel) is { } bare)
                key.ImportRSAPublicKey(bare, out _);
            else
                return null;
            // An exponent as long as the modulus would make each check of a signature take seconds.
            if (key.KeySize is >= SmallestRsaBits and <= LargestRsaBits && key.ExportParameters(includePrivateParameters: false).Exponent!.Length <= LongestExponent)
                read = (key.ExportSubjectPublicKeyInfo(), key);
            return read;
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            if (read is null)
                key.Dispose();
        }
    }

    private static byte[]? FromPem(string text, string label)
    {
        if (!PemEncoding.TryFind(text, out PemFields fields) || !text.AsSpan()[fields.Label].SequenceEqual(label))
            return null;
        byte[] decoded = new byte[fields.DecodedDataLength];
        return Convert.TryFromBase64String(text[fields.Base64Data], decoded, out int written) ? decoded[..written] : null;
    }

    private static byte[]? FromHexadecimal(string text)
    {
        byte[] decoded = new byte[text.Length / 2];
        return text.Length % 2 == 0 && Convert.FromHexString(text, decoded, out _, out int written) == System.Buffers.OperationStatus.Done && written == decoded.Length
            ? decoded : null;
    }

    /// <inheritdoc/>
    public override string ToString() => new StringBuilder(Id).Append(" (").Append(SchemeName).Append(')').ToString();
}
