using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Trust.Json;

namespace Outwork.Trust.Tests.Simulation;

/// <summary>A key pair of the simulation.</summary>
internal sealed class TestSigner
{
    private static readonly ConcurrentDictionary<string, TestSigner> Pool = new();

    private readonly Func<byte[], byte[]> _sign;

    private TestSigner(string type, string scheme, string text, Func<byte[], byte[]> sign)
    {
        Key = new JsonObject { ["keytype"] = type, ["scheme"] = scheme, ["keyval"] = new JsonObject { ["public"] = text } };
        _sign = sign;
        KeyId = IdOf(Key);
    }

    private TestSigner(TestSigner other)
    {
        Key = other.Key.DeepClone().AsObject();
        KeyId = other.KeyId;
        _sign = other._sign;
    }

    public string KeyId { get; private set; }

    public JsonObject Key { get; }

    /// <summary>The same key for the same number: making RSA keys takes long.</summary>
    public static TestSigner Of(string scheme, int number) => new(Pool.GetOrAdd($"{scheme} {number}", _ => Create(scheme)));

    /// <summary>After a change of the key's members.</summary>
    public void ComputeKeyId() => KeyId = IdOf(Key);

    /// <summary>The same key under another name.</summary>
    public TestSigner Named(string keyId) => new(this) { KeyId = keyId };

    public string Sign(byte[] data) => Convert.ToHexStringLower(_sign(data));

    private static TestSigner Create(string scheme)
    {
        switch (scheme)
        {
            case "ed25519":
                byte[] secret = RandomNumberGenerator.GetBytes(32);
                OpenSslEd25519 ed = OpenSslEd25519.Instance;
                return new TestSigner("ed25519", scheme, Convert.ToHexStringLower(ed.PublicKeyOf(secret)), data => ed.Sign(secret, data));
            case "rsassa-pss-sha256":
                var rsa = RSA.Create(2048);
                return new TestSigner("rsa", scheme, rsa.ExportSubjectPublicKeyInfoPem(), data => rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
            case "rsa-pkcs1v15-sha256":
                var old = RSA.Create(2048);
                return new TestSigner("rsa", scheme, old.ExportSubjectPublicKeyInfoPem(), data => old.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
            default:
                var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
                return new TestSigner("ecdsa", scheme, ecdsa.ExportSubjectPublicKeyInfoPem(), data => ecdsa.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }
    }

    private static string IdOf(JsonNode key)
    {
        var canonical = new ArrayBufferWriter<byte>();
        using JsonDocument document = JsonDocument.Parse(key.ToJsonString());
        Assert.Null(CanonicalJson.TryWrite(document.RootElement, canonical));
        return Convert.ToHexStringLower(SHA256.HashData(canonical.WrittenSpan));
    }
}
