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
        bool isComplete = false;
        byte[]? given = null;
        try
        {
            foreach (string file in files)
            {
                // Before the passphrase is asked for: a file that is not there needs none.
                string text = File.ReadAllText(file);
                fault = KeyFile.IsOne(text) ? null
                    : PublicKeyFile.Read(text) is null ? new DraftFault(DraftFaultCode.BadFile, $"{file} is no encrypted private key", "Name a key's file; outwork repo key new FILE makes one.")
                    : new DraftFault(DraftFaultCode.BadFile, $"{file} is the public half of a key", $"Name the private key: {(file.EndsWith(PublicSuffix, StringComparison.Ordinal) ? file[..^PublicSuffix.Length] : "the file beside it")}");
                if (fault is not null)
                    return null;
                given ??= passphrases.Read(parsed, file, isNew: false);
                string reason = "there is no passphrase";
                SigningKey? key = given is null ? null : KeyFile.Read(text, given, OpenSslEd25519.Instance, out reason);
                if (key is null)
                {
                    fault = new DraftFault(DraftFaultCode.BadFile, $"{file}: {reason}", "Give the passphrase at the terminal, with --passphrase-file or with --passphrase-fd.");
                    return null;
                }

                keys.Add(key);
                // At a terminal each key has its own passphrase.
                if (parsed.GetValue(passphrases.File) is null && parsed.GetValue(passphrases.Descriptor) is null)
                {
                    CryptographicOperations.ZeroMemory(given);
                    given = null;
                }
            }

            fault = null;
            isComplete = true;
            return keys;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(given);
            if (!isComplete)
                keys.ForEach(static key => key.Dispose());
        }
    }

    /// <summary>Reads public keys, each from its own file or from the one beside the private key's.</summary>
    public static List<TrustKey>? ReadPublic(IEnumerable<string> files, out DraftFault? fault)
    {
        var keys = new List<TrustKey>();
        fault = null;
        foreach (string file in files)
        {
            string path = PublicOf(file);
            if (PublicKeyFile.Read(File.ReadAllText(path)) is not { } key)
            {
                fault = new DraftFault(DraftFaultCode.BadFile, $"{path} holds no public key", "Make one: outwork repo key new FILE");
                return null;
            }

            keys.Add(key);
        }

        return keys;
    }

    /// <summary>The file of a key's public half, given either half's.</summary>
    public static string PublicOf(string file) => !file.EndsWith(PublicSuffix, StringComparison.Ordinal) && File.Exists(file + PublicSuffix) ? file + PublicSuffix : file;
}
