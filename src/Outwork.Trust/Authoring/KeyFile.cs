using System.Formats.Asn1;
using System.Security.Cryptography;
using Outwork.Trust.Keys;

namespace Outwork.Trust.Authoring;

/// <summary>
/// A private key in a file: PKCS#8, encrypted with PBES2 (RFC 8018: PBKDF2 of HMAC-SHA-256, AES-256 in CBC), as openssl reads and writes it.
/// </summary>
public static class KeyFile
{
    private const string Label = "ENCRYPTED PRIVATE KEY";
    private const string Pbes2Oid = "1.2.840.113549.1.5.13";
    private const string Pbkdf2Oid = "1.2.840.113549.1.5.12";
    private const string HmacSha256Oid = "1.2.840.113549.2.9";
    private const string Aes256CbcOid = "2.16.840.1.101.3.4.1.42";
    private const int SaltLength = 16;
    private const int KeyLength = 32;

    // OWASP's number for PBKDF2 with HMAC-SHA-256 (Password Storage Cheat Sheet, 2023).
    private const int Iterations = 600_000;

    // A file that asks for more would keep the processor for seconds, or minutes.
    private const int MostIterations = 2_000_000;
    private const int BlockLength = 16;

    /// <summary>Encrypts a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="passphrase">UTF-8; not empty.</param>
    /// <returns>PEM.</returns>
    public static string Write(SigningKey key, ReadOnlySpan<byte> passphrase)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltLength);
        using var aes = Aes.Create();
        SetKey(aes, passphrase, salt, Iterations);
        aes.GenerateIV();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteScheme(writer, salt, aes.IV);
            writer.WriteOctetString(aes.EncryptCbc(key.Pkcs8.Span, aes.IV));
        }

        return PemEncoding.WriteString(Label, writer.Encode()) + "\n";
    }

    /// <summary>Whether a text is an encrypted private key, without a look into it.</summary>
    public static bool IsOne(string text) => PemEncoding.TryFind(text, out PemFields fields) && text[fields.Label] is Label;

    /// <summary>Decrypts a key.</summary>
    /// <param name="pem">The file's text.</param>
    /// <param name="passphrase">UTF-8.</param>
    /// <param name="ed25519">From the platform.</param>
    /// <param name="fault">What is wrong when there is no key.</param>
    public static SigningKey? Read(string pem, ReadOnlySpan<byte> passphrase, IEd25519 ed25519, out string fault)
    {
        fault = "";
        if (!IsOne(pem) || !PemEncoding.TryFind(pem, out PemFields fields))
        {
            fault = $"it is no encrypted private key (PEM, {Label})";
            return null;
        }

        byte[] encrypted = new byte[fields.DecodedDataLength];
        if (!Convert.TryFromBase64String(pem[fields.Base64Data], encrypted, out int length))
        {
            fault = "it is no valid PEM";
            return null;
        }

        try
        {
            AsnReader file = new AsnReader(encrypted.AsMemory(0, length), AsnEncodingRules.DER).ReadSequence();
            using var aes = Aes.Create();
            byte[] initial = ReadScheme(file.ReadSequence(), passphrase, aes);
            return SigningKey.FromPkcs8(aes.DecryptCbc(file.ReadOctetString(), initial), ed25519);
        }
        catch (AsnContentException)
        {
            fault = "it is no encrypted private key";
        }
        catch (CryptographicException)
        {
            fault = "the passphrase is wrong, or the key is of a kind that is not known";
        }
        catch (NotSupportedException other)
        {
            fault = other.Message;
        }

        return null;
    }

    private static void WriteScheme(AsnWriter writer, byte[] salt, byte[] initial)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Pbes2Oid);
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Pbkdf2Oid);
                    using (writer.PushSequence())
                    {
                        writer.WriteOctetString(salt);
                        writer.WriteInteger(Iterations);
                        using (writer.PushSequence())
                        {
                            writer.WriteObjectIdentifier(HmacSha256Oid);
                            writer.WriteNull();
                        }
                    }
                }

                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Aes256CbcOid);
                    writer.WriteOctetString(initial);
                }
            }
        }
    }

    private static byte[] ReadScheme(AsnReader scheme, ReadOnlySpan<byte> passphrase, Aes aes)
    {
        Require(scheme.ReadObjectIdentifier(), Pbes2Oid);
        AsnReader parameters = scheme.ReadSequence();
        AsnReader derivation = parameters.ReadSequence();
        Require(derivation.ReadObjectIdentifier(), Pbkdf2Oid);
        AsnReader pbkdf2 = derivation.ReadSequence();
        byte[] salt = pbkdf2.ReadOctetString();
        if (!pbkdf2.TryReadInt32(out int iterations) || iterations is < 1 or > MostIterations)
            throw new NotSupportedException($"it asks for more than {MostIterations} iterations");
        if (pbkdf2.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
            pbkdf2.ReadInteger();
        Require(pbkdf2.ReadSequence().ReadObjectIdentifier(), HmacSha256Oid);
        AsnReader cipher = parameters.ReadSequence();
        Require(cipher.ReadObjectIdentifier(), Aes256CbcOid);
        byte[] initial = cipher.ReadOctetString();
        if (initial.Length != BlockLength)
            throw new AsnContentException($"The initial value has {initial.Length} bytes.");
        SetKey(aes, passphrase, salt, iterations);
        return initial;
    }

    private static void SetKey(Aes aes, ReadOnlySpan<byte> passphrase, byte[] salt, int iterations)
    {
        byte[] derived = Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, iterations, HashAlgorithmName.SHA256, KeyLength);
        aes.Key = derived;
        CryptographicOperations.ZeroMemory(derived);
    }

    private static void Require(string actual, string expected)
    {
        if (!string.Equals(actual, expected, StringComparison.Ordinal))
            throw new NotSupportedException("it is encrypted otherwise than with PBES2, PBKDF2 of HMAC-SHA-256 and AES-256-CBC; convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256");
    }
}
