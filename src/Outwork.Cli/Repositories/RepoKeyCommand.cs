using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Trust.Authoring;
using Outwork.Trust.Keys;

namespace Outwork.Cli.Repositories;

/// <summary><c>outwork repo key</c>.</summary>
internal static class RepoKeyCommand
{
    private const UnixFileMode SecretMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly Dictionary<string, KeyScheme> Schemes = new(StringComparer.Ordinal)
    {
        ["ed25519"] = KeyScheme.Ed25519,
        ["ecdsa"] = KeyScheme.EcdsaP256,
        ["rsa"] = KeyScheme.RsaPss,
    };

    public static Command Create(RepositorySetting shared) =>
        new("key", "Make keys; say whose keys sign a role.") { CreateNew(shared), CreateList(shared), CreateChange(shared) };

    private static ExplainedCommand CreateNew(RepositorySetting shared)
    {
        var file = new Argument<string>("FILE") { Description = "Where the encrypted private key goes; the public one goes beside it, with .pub." };
        var scheme = new Option<string>("--scheme") { Description = "ed25519, ecdsa (P-256) or rsa (PSS, 3072 bits).", DefaultValueFactory = static _ => "ed25519" };
        scheme.AcceptOnlyFromAmong([.. Schemes.Keys]);
        var command = new ExplainedCommand("new", "Make a key pair; the private key is encrypted (PKCS#8), as openssl reads it.")
        {
            Examples = ["outwork repo key new root1.key", "outwork repo key new online.key --scheme ecdsa --passphrase-file /run/credentials/online"],
        };
        command.Arguments.Add(file);
        command.Options.Add(scheme);
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
            using (var secret = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = SecretMode }))
                secret.Write(Encoding.ASCII.GetBytes(text));
            File.WriteAllText(path + KeyLoading.PublicSuffix, PublicKeyFile.Write(key.Public));
            return new RepositoryReport { Ok = true, Done = [$"Made the key {key.Public.Id}: {path} (secret), {path}.pub (public)."] };
        }));
        return command;
    }

    private static ExplainedCommand CreateList(RepositorySetting shared)
    {
        var command = new ExplainedCommand("list", "List whose keys sign each role.") { Examples = ["outwork repo key list", "outwork repo key list --json"] };
        command.Options.Add(shared.Command.Json);
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
        var add = new Option<string[]>("--add") { Description = "A public key that comes.", HelpName = "FILE" };
        var remove = new Option<string[]>("--remove") { Description = "The name of a key that goes, or its public file.", HelpName = "KEYID|FILE" };
        var threshold = new Option<int?>("--threshold") { Description = "How many must sign from now on.", HelpName = "N" };
        var command = new ExplainedCommand("change", "Change whose keys sign a role: staged, to be signed by who lists them; a new root by its old keys and its new.")
        {
            Examples = ["outwork repo key change root --add new.pub --remove old.pub", "outwork repo key change targets --add second.pub --threshold 2"],
        };
        command.Arguments.Add(role);
        command.Options.Add(add);
        command.Options.Add(remove);
        command.Options.Add(threshold);
        command.Options.Add(shared.Command.Json);
        command.SetAction(parsed => shared.Change(parsed, draft =>
        {
            string name = parsed.GetValue(role)!;
            if (KeyLoading.ReadPublic(parsed.GetValue(add) ?? [], out DraftFault? fault) is not { } added)
                return (fault, []);
            string[] removed = [.. (parsed.GetValue(remove) ?? []).Select(given => File.Exists(given) && PublicKeyFile.Read(File.ReadAllText(given)) is { } key ? key.Id : given)];
            fault = KeyChanges.Change(draft, name, added, removed, parsed.GetValue(threshold), shared.Now);
            return (fault, [$"Staged the keys of {TerminalText.Escape(name)}."]);
        }));
        return command;
    }
}
