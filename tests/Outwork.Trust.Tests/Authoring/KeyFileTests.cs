using System.Security.Cryptography;
using System.Text;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Trust.Authoring;
using Outwork.Trust.Keys;
using Outwork.Trust.Tests.Simulation;

namespace Outwork.Trust.Tests.Authoring;

public sealed class KeyFileTests
{
    private static readonly byte[] Passphrase = "correct horse"u8.ToArray();

    [Theory]
    [InlineData(KeyScheme.Ed25519)]
    [InlineData(KeyScheme.EcdsaP256)]
    [InlineData(KeyScheme.RsaPss)]
    public void Key_written_and_read_signs_for_its_public_half(KeyScheme scheme)
    {
        using SigningKey made = SigningKey.Generate(scheme, OpenSslEd25519.Instance);
        using SigningKey? read = KeyFile.Read(KeyFile.Write(made, Passphrase), Passphrase, OpenSslEd25519.Instance, out string fault);
        Assert.True(read is not null, fault);
        Assert.Equal(made.Public.Id, read.Public.Id);
        byte[] data = "data"u8.ToArray();
        TrustKey known = PublicKeyFile.Read(PublicKeyFile.Write(made.Public))!;
        Assert.Equal(made.Public.Id, known.Id);
        Assert.True(known.Verifies(data, read.Sign(data), OpenSslEd25519.Instance));
        Assert.False(known.Verifies("other"u8, read.Sign(data), OpenSslEd25519.Instance));
    }

    [Fact]
    public void Wrong_passphrase_gives_no_key()
    {
        using SigningKey made = SigningKey.Generate(KeyScheme.Ed25519, OpenSslEd25519.Instance);
        Assert.Null(KeyFile.Read(KeyFile.Write(made, Passphrase), "wrong"u8, OpenSslEd25519.Instance, out string fault));
        Assert.Contains("passphrase", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_programs_read_what_is_written()
    {
        using SigningKey made = SigningKey.Generate(KeyScheme.EcdsaP256, OpenSslEd25519.Instance);
        using ECDsa other = ECDsa.Create();
        other.ImportFromEncryptedPem(KeyFile.Write(made, Passphrase), Encoding.UTF8.GetString(Passphrase));
        Assert.Equal(made.Public.Text, other.ExportSubjectPublicKeyInfoPem());
    }

    [Fact]
    public void What_other_programs_write_is_read()
    {
        using RSA other = RSA.Create(2048);
        string pem = other.ExportEncryptedPkcs8PrivateKeyPem(Encoding.UTF8.GetString(Passphrase), new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        using SigningKey? read = KeyFile.Read(pem, Passphrase, OpenSslEd25519.Instance, out string fault);
        Assert.True(read is not null, fault);
        Assert.Equal(other.ExportSubjectPublicKeyInfoPem(), read.Public.Text);
    }

    [Fact]
    public void Weaker_encryption_is_refused_with_advice()
    {
        using RSA other = RSA.Create(2048);
        string pem = other.ExportEncryptedPkcs8PrivateKeyPem(Encoding.UTF8.GetString(Passphrase), new PbeParameters(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, HashAlgorithmName.SHA1, 1000));
        Assert.Null(KeyFile.Read(pem, Passphrase, OpenSslEd25519.Instance, out string fault));
        Assert.Contains("openssl pkcs8", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refused-short-initial-value.der")]
    [InlineData("refused-iterations.der")]
    [InlineData("refused-p384.der")]
    [InlineData("refused-aes128.der")]
    [InlineData("accepted-ed25519.der")]
    [InlineData("accepted-p256.der")]
    public void Corpus_is_read_or_refused_as_its_names_say(string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Join(SourceTree.Root, "testassets", "fuzz", "key-files", name));
        using SigningKey? key = KeyFile.Read(PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", bytes), "x"u8, OpenSslEd25519.Instance, out string fault);
        Assert.Equal(name.StartsWith("accepted-", StringComparison.Ordinal), key is not null);
        Assert.Equal(key is null, fault.Length > 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----")]
    public void Rubbish_is_no_key(string text)
    {
        Assert.Null(KeyFile.Read(text, Passphrase, OpenSslEd25519.Instance, out string fault));
        Assert.NotEqual("", fault);
    }

    // RFC 8032, 7.1, TEST 2 and TEST 1.
    [Theory]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    public void Ed25519_is_that_of_the_standard(string secret, string known, string message, string signature)
    {
        OpenSslEd25519 ed25519 = OpenSslEd25519.Instance;
        byte[] data = Convert.FromHexString(message);
        Assert.Equal(known, Convert.ToHexStringLower(ed25519.PublicKeyOf(Convert.FromHexString(secret))));
        Assert.Equal(signature, Convert.ToHexStringLower(ed25519.Sign(Convert.FromHexString(secret), data)));
        Assert.True(ed25519.Verify(Convert.FromHexString(known), data, Convert.FromHexString(signature)));
        byte[] wrong = Convert.FromHexString(signature);
        wrong[0] ^= 1;
        Assert.False(ed25519.Verify(Convert.FromHexString(known), data, wrong));
        Assert.False(ed25519.Verify(Convert.FromHexString(known).AsSpan(0, 31), data, Convert.FromHexString(signature)));
        Assert.False(ed25519.Verify(Convert.FromHexString(known), data, Convert.FromHexString(signature).AsSpan(0, 63)));
    }
}
