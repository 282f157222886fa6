using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Platform.Linux.Storage;
using Outwork.Trust.Authoring;
using Outwork.Trust.Keys;

namespace Outwork.Cli.Repositories;

/// <summary><c>outwork repo key</c>.</summary>
internal static class RepoKeyCommand
{
    private const UnixFileMode SecretMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PublicMode = SecretMode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly Dictionary<string, KeyScheme> Schemes = new(StringComparer.Ordinal)
    {
        ["ed25519"] = KeyScheme.Ed25519,
        ["ecdsa"] = KeyScheme.EcdsaP256,
        ["rsa"] = KeyScheme.RsaPss,
    };

    public static Command Create(RepositorySetting shared) =>
        new ExplainedCommand("key", "Make keys; say whose keys sign a role.", CreateNew(shared), CreatePublic(shared), CreateList(shared), CreateChange(shared))
        {
            Examples = ["outwork repo key new root1.key", "outwork repo key list", "outwork repo key change root --add new.key.pub --remove old.key.pub"],
        };

    private static ExplainedCommand CreateNew(RepositorySetting shared)
    {
        Argument<string> file = new Argument<string>("FILE") { Description = "Where the encrypted private key goes; the public one goes beside it, with .pub." }.NotEmpty();
        var scheme = new Option<string>("--scheme") { Description = "ed25519, ecdsa (P-256) or rsa (PSS, 3072 bits).", DefaultValueFactory = static _ => "ed25519" };
        scheme.AcceptOnlyFromAmong([.. Schemes.Keys]);
        var command = new ExplainedCommand("new", "Make a key pair; the private key is encrypted (PKCS#8), as openssl reads it.", file, scheme)
        {
            Examples = ["outwork repo key new root1.key", "outwork repo key new online.key --scheme ecdsa --passphrase-file /run/credentials/online"],
        };
        shared.Passphrases.AddTo(command);
        command.Options.Add(shared.Command.Json);
        command.SetAction(parsed => shared.Guard(parsed, () =>
        {
            string path = parsed.GetValue(file)!;
            if (File.Exists(path) || File.Exists(path + KeyLoading.PublicSuffix))
                return RepositoryReport.Refused(new DraftFault(DraftFaultCode.KeyExists, $"{path} or {path}.pub is there already", "A key is never overwritten: take another name."));
            byte[]? passphrase = shared.Passphrases.Read(parsed, path, isNew: true);
            if (passphrase is null)
                return RepositoryReport.Refused(new DraftFault(DraftFaultCode.BadFile, "there is no passphrase, or the two differ", "Give it at the terminal, with --passphrase-file or with --passphrase-fd."));
            using SigningKey key = SigningKey.Generate(Schemes[parsed.GetValue(scheme)!], OpenSslEd25519.Instance);
            string text = KeyFile.Write(key, passphrase);
            CryptographicOperations.ZeroMemory(passphrase);
            Keep(Path.GetFullPath(path), text, key.Public);
            return new RepositoryReport { Ok = true, Done = [$"Made the key {key.Public.Id}: {path} (secret), {path}.pub (public)."] };
        }));
        return command;
    }

    // Told as made only when both are on the disk: a root key that is gone after a power cut would be a repository that is lost. The public
    // half first, which alone is harmless.
    private static void Keep(string path, string secret, TrustKey key)
    {
        string known = path + KeyLoading.PublicSuffix;
        DurableFile.Create(known, Encoding.UTF8.GetBytes(PublicKeyFile.Write(key)), PublicMode);
        try
        {
            DurableFile.Create(path, Encoding.ASCII.GetBytes(secret), SecretMode);
        }
        catch
        {
            File.Delete(known);
            throw;
        }
    }

    private static ExplainedCommand CreatePublic(RepositorySetting shared)
    {
        Argument<string> file = new Argument<string>("FILE") { Description = "The encrypted private key." }.NotEmpty();
        var command = new ExplainedCommand("public", "Write the public half of a private key again, as FILE.pub.", file) { Examples = ["outwork repo key public root1.key"] };
        shared.Passphrases.AddTo(command);
        command.Options.Add(shared.Command.Json);
        command.SetAction(parsed => shared.Guard(parsed, () =>
        {
            string path = parsed.GetValue(file)!, known = path + KeyLoading.PublicSuffix;
            if (File.Exists(known))
                return RepositoryReport.Refused(new DraftFault(DraftFaultCode.KeyExists, $"{known} is there already", "It is never overwritten: move it away first."));
            if (KeyLoading.ReadPrivate(parsed, shared.Passphrases, [path], out DraftFault? fault) is not [{ } key])
                return RepositoryReport.Refused(fault!);
            using (key)
                DurableFile.Create(Path.GetFullPath(known), Encoding.UTF8.GetBytes(PublicKeyFile.Write(key.Public)), PublicMode);
            return new RepositoryReport { Ok = true, Done = [$"Wrote {known}: the key {key.Public.Id}."] };
        }));
        return command;
    }

    private static ExplainedCommand CreateList(RepositorySetting shared)
    {
        var command = new ExplainedCommand("list", "List whose keys sign each role.", shared.Command.Json) { Examples = ["outwork repo key list", "outwork repo key list --json"] };
        command.SetAction(parsed => shared.Run(parsed, folder =>
        {
            RepositoryDraft draft = folder.Load();
            IEnumerable<string> roles = ((string[])["root", "timestamp", "snapshot"]).Concat(draft.TargetsRoles());
            string[] lines =
            [
                .. from role in roles
                   from set in draft.SignersOf(role)
                   from id in set.Keys.KeyIds
                   select $"{role}: {id} ({set.Known.GetValueOrDefault(id)?.SchemeName ?? "missing"}), {set.Keys.Threshold} needed, says {set.SaidBy}",
            ];
            return new RepositoryReport { Ok = true, Done = lines };
        }));
        return command;
    }

    private static ExplainedCommand CreateChange(RepositorySetting shared)
    {
        var role = new Argument<string>("ROLE") { Description = "root, targets, snapshot, timestamp or a delegated role; a bin stands for all of its bins." };
        Option<string[]> add = new Option<string[]>("--add") { Description = "A public key that comes.", HelpName = "FILE" }.NotEmpty();
        var remove = new Option<string[]>("--remove") { Description = "The name of a key that goes, its first 8 digits or more, or its file.", HelpName = "KEYID|FILE" };
        Option<int?> threshold = new Option<int?>("--threshold") { Description = "How many must sign from now on.", HelpName = "N" }.AtLeast(1);
        var command = new ExplainedCommand(
            "change", "Change whose keys sign a role: staged, to be signed by who lists them; a new root by its old keys and its new.",
            role, add, remove, threshold, shared.Command.Json)
        {
            Examples = ["outwork repo key change root --add new.key.pub --remove old.key.pub", "outwork repo key change targets --add second.key.pub --threshold 2"],
        };
        command.Validators.Add(result =>
        {
            // A change of nothing would still take the signatures away.
            if (!result.IsGiven(add) && !result.IsGiven(remove) && !result.IsGiven(threshold))
                result.AddError("Give --add, --remove or --threshold.");
        });
        command.SetAction(parsed => shared.Change(parsed, draft =>
        {
            string name = parsed.GetValue(role)!;
            if (KeyLoading.ReadPublic(parsed.GetValue(add) ?? [], out DraftFault? fault) is not { } added)
                return (fault, []);
            string[] removed = [.. (parsed.GetValue(remove) ?? []).Select(static given => KeyLoading.PublicOf(given) is var path && File.Exists(path) && PublicKeyFile.Read(File.ReadAllText(path)) is { } key ? key.Id : given)];
            fault = KeyChanges.Change(draft, name, added, removed, parsed.GetValue(threshold), shared.Now);
            return (fault, [$"Staged the keys of {TerminalText.Escape(name)}."]);
        }));
        return command;
    }
}
