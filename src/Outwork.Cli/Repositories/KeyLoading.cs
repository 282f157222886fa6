using System.CommandLine;
using System.Security.Cryptography;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Trust.Authoring;
using Outwork.Trust.Keys;

namespace Outwork.Cli.Repositories;

/// <summary>Keys that are named on the command line by their files.</summary>
internal static class KeyLoading
{
    public const string PublicSuffix = ".pub";

    /// <summary>Decrypts private keys; disposes those that were read when one cannot be.</summary>
    public static List<SigningKey>? ReadPrivate(ParseResult parsed, Passphrases passphrases, IEnumerable<string> files, out DraftFault? fault)
    {
        var keys = new List<SigningKey>();
        fault = null;
        byte[]? given = null;
        foreach (string file in files)
        {
            given ??= passphrases.Read(parsed, file, isNew: false);
            string reason = "there is no passphrase";
            SigningKey? key = given is null ? null : KeyFile.Read(File.ReadAllText(file), given, OpenSslEd25519.Instance, out reason);
            // At a terminal each key has its own passphrase.
            if (given is not null && parsed.GetValue(passphrases.File) is null && parsed.GetValue(passphrases.Descriptor) is null)
            {
                CryptographicOperations.ZeroMemory(given);
                given = null;
            }

            if (key is null)
            {
                fault = new DraftFault(DraftFaultCode.BadFile, $"{file}: {reason}", "Give the passphrase at the terminal, with --passphrase-file or with --passphrase-fd.");
                break;
            }

            keys.Add(key);
        }

        CryptographicOperations.ZeroMemory(given);
        if (fault is null)
            return keys;
        keys.ForEach(static key => key.Dispose());
        return null;
    }

    /// <summary>Reads public keys, each from its own file or from the one beside the private key's.</summary>
    public static List<TrustKey>? ReadPublic(IEnumerable<string> files, out DraftFault? fault)
    {
        var keys = new List<TrustKey>();
        fault = null;
        foreach (string file in files)
        {
            string path = !file.EndsWith(PublicSuffix, StringComparison.Ordinal) && File.Exists(file + PublicSuffix) ? file + PublicSuffix : file;
            if (PublicKeyFile.Read(File.ReadAllText(path)) is not { } key)
            {
                fault = new DraftFault(DraftFaultCode.BadFile, $"{path} holds no public key", "Make one: outwork repo key new FILE");
                return null;
            }

            keys.Add(key);
        }

        return keys;
    }
}
