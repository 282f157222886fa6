using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Outwork.Trust.Keys;

namespace Outwork.Trust.Tests.Keys;

public sealed class TrustKeyTests
{
    private static readonly byte[] Data = "what is signed"u8.ToArray();

    [Fact]
    public void Rsa_key_is_the_same_in_both_forms_of_pem()
    {
        using RSA rsa = RSA.Create(2048);
        TrustKey info = TrustKey.Create("a", "rsa", "rsassa-pss-sha256", rsa.ExportSubjectPublicKeyInfoPem());
        TrustKey bare = TrustKey.Create("b", "rsa", "rsassa-pss-sha256", rsa.ExportRSAPublicKeyPem());
        Assert.Equal(info.Material.ToArray(), bare.Material.ToArray());
        Assert.True(bare.Verifies(Data, rsa.SignData(Data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss), null));
    }

    [Fact]
    public void Rsa_key_with_an_exponent_that_makes_checks_endless_is_not_used()
    {
        using RSA rsa = RSA.Create(2048);
        RSAParameters key = rsa.ExportParameters(includePrivateParameters: false);
        Assert.Equal(KeyScheme.RsaPss, Rsa(key.Modulus!, key.Exponent!).Scheme);
        byte[] longest = [.. key.Modulus!];
        longest[^1] |= 1;
        longest[0] >>= 1;
        Assert.Equal(KeyScheme.Unknown, Rsa(key.Modulus!, longest).Scheme);
    }

    [Fact]
    public void Rsa_key_that_is_too_short_is_not_used()
    {
        using RSA rsa = RSA.Create(1024);
        Assert.Equal(KeyScheme.Unknown, TrustKey.Create("a", "rsa", "rsassa-pss-sha256", rsa.ExportSubjectPublicKeyInfoPem()).Scheme);
    }

    private static TrustKey Rsa(byte[] modulus, byte[] exponent)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new BigInteger(modulus, isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new BigInteger(exponent, isUnsigned: true, isBigEndian: true));
        }

        return TrustKey.Create("a", "rsa", "rsassa-pss-sha256", PemEncoding.WriteString("RSA PUBLIC KEY", writer.Encode()));
    }
}
