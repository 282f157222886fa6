using System.Buffers;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Outwork.Trust.Json;
using Outwork.Trust.Keys;

namespace Outwork.Trust.Authoring;

/// <summary>A private key. Its bytes are wiped when it is disposed.</summary>
/// <remarks>Thread-safe until disposed.</remarks>
public sealed class SigningKey : IDisposable
{
    private const string Ed25519Oid = "1.3.101.112";
    private const string EcOid = "1.2.840.10045.2.1";
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const int RsaBits = 3072;

    private readonly byte[] _pkcs8;
    private readonly byte[] _ed25519Secret;
    private readonly IEd25519 _ed25519;

    private SigningKey(byte[] pkcs8, byte[] ed25519Secret, TrustKey publicKey, IEd25519 ed25519)
    {
        _pkcs8 = pkcs8;
        _ed25519Secret = ed25519Secret;
        _ed25519 = ed25519;
        Public = publicKey;
    }

    /// <summary>The public half; its name is the SHA-256 digest of its canonical form, as the reference implementation names keys.</summary>
    public TrustKey Public { get; }

    /// <summary>PrivateKeyInfo (RFC 5208). Secret: the caller wipes what it copies.</summary>
    internal ReadOnlyMemory<byte> Pkcs8 => _pkcs8;

    /// <summary>Makes a new key.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No new keys are made for this scheme.</exception>
    public static SigningKey Generate(KeyScheme scheme, IEd25519 ed25519)
    {
        switch (scheme)
        {
            case KeyScheme.Ed25519:
                return FromEd25519(RandomNumberGenerator.GetBytes(IEd25519.KeyLength), ed25519);
            case KeyScheme.EcdsaP256:
                using (var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                    return FromPkcs8(ecdsa.ExportPkcs8PrivateKey(), ed25519);
            case KeyScheme.RsaPss:
                using (var rsa = RSA.Create(RsaBits))
                    return FromPkcs8(rsa.ExportPkcs8PrivateKey(), ed25519);
            default:
                throw new ArgumentOutOfRangeException(nameof(scheme), scheme, "No new keys are made for this scheme.");
        }
    }

    /// <summary>Reads PrivateKeyInfo; the array is the key's from now on, which wipes it: at once when it is no key.</summary>
    /// <exception cref="CryptographicException">It is none, or of a kind that is not known.</exception>
    public static SigningKey FromPkcs8(byte[] pkcs8, IEd25519 ed25519)
    {
        SigningKey? key = null;
        try
        {
            SigningKey read = Read(pkcs8, ed25519);
            // Another curve, or an RSA key that is too short: it could sign, and nobody would take the signature.
            return key = read.Public.Scheme == KeyScheme.Unknown ? throw new CryptographicException("Keys of this curve or length are not used.") : read;
        }
        finally
        {
            if (key?._pkcs8 != pkcs8)
                CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static SigningKey Read(byte[] pkcs8, IEd25519 ed25519)
    {
        byte[] secret = [];
        try
        {
            AsnReader info = new AsnReader(pkcs8, AsnEncodingRules.DER).ReadSequence();
            info.ReadInteger();
            string algorithm = info.ReadSequence().ReadObjectIdentifier();
            secret = info.ReadOctetString();
            switch (algorithm)
            {
                case Ed25519Oid:
                    return FromEd25519(new AsnReader(secret, AsnEncodingRules.DER).ReadOctetString(), ed25519);
                case EcOid:
                    using (var ecdsa = ECDsa.Create())
                    {
                        ecdsa.ImportPkcs8PrivateKey(pkcs8, out _);
                        return new SigningKey(pkcs8, [], Named("ecdsa", "ecdsa-sha2-nistp256", ecdsa.ExportSubjectPublicKeyInfoPem()), ed25519);
                    }

                case RsaOid:
                    using (var rsa = RSA.Create())
                    {
                        rsa.ImportPkcs8PrivateKey(pkcs8, out _);
                        return new SigningKey(pkcs8, [], Named("rsa", "rsassa-pss-sha256", rsa.ExportSubjectPublicKeyInfoPem()), ed25519);
                    }

                default:
                    throw new CryptographicException($"Keys of the kind {algorithm} are not known.");
            }
        }
        catch (AsnContentException wrong)
        {
            throw new CryptographicException("This is no private key.", wrong);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>A public key under the name that its canonical form gives it.</summary>
    public static TrustKey Named(string type, string scheme, string text)
    {
        var canonical = new ArrayBufferWriter<byte>();
        var key = new JsonObject { ["keytype"] = type, ["keyval"] = new JsonObject { ["public"] = text }, ["scheme"] = scheme };
        using JsonDocument document = JsonDocument.Parse(key.ToJsonString());
        _ = CanonicalJson.TryWrite(document.RootElement, canonical);
        return TrustKey.Create(Convert.ToHexStringLower(SHA256.HashData(canonical.WrittenSpan)), type, scheme, text);
    }

    /// <summary>Signs.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        switch (Public.Scheme)
        {
            case KeyScheme.Ed25519:
                return _ed25519.Sign(_ed25519Secret, data);
            case KeyScheme.EcdsaP256:
                using (var ecdsa = ECDsa.Create())
                {
                    ecdsa.ImportPkcs8PrivateKey(_pkcs8, out _);
                    return ecdsa.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
                }

            default:
                using (var rsa = RSA.Create())
                {
                    rsa.ImportPkcs8PrivateKey(_pkcs8, out _);
                    return rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
                }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_pkcs8);
        CryptographicOperations.ZeroMemory(_ed25519Secret);
    }

    private static SigningKey FromEd25519(byte[] secret, IEd25519 ed25519)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
                writer.WriteObjectIdentifier(Ed25519Oid);
            using (writer.PushOctetString())
                writer.WriteOctetString(secret);
        }

        return new SigningKey(writer.Encode(), secret, Named("ed25519", "ed25519", Convert.ToHexStringLower(ed25519.PublicKeyOf(secret))), ed25519);
    }
}
