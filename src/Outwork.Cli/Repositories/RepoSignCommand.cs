using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Trust.Authoring;
using Outwork.Trust.Keys;

namespace Outwork.Cli.Repositories;

/// <summary><c>outwork repo sign</c>: here, or by way of another machine.</summary>
internal static class RepoSignCommand
{
    public static Command Create(RepositorySetting shared)
    {
        var role = new Option<string?>("--role") { Description = "Sign this role alone; default all that are staged and list the key.", HelpName = "ROLE" };
        var renew = new Option<string[]>("--renew") { Description = "First stage this role anew, with a new expiry; several times for several.", HelpName = "ROLE" };
        var export = new Option<string?>("--export") { Description = "Write what is to be signed, for another machine.", HelpName = "FILE" };
        var request = new Option<string?>("--request") { Description = "On the other machine: sign what this file asks for; needs no repository.", HelpName = "FILE" };
        var output = new Option<string?>("--output") { Description = "On the other machine: where the signatures go.", HelpName = "FILE" };
        var import = new Option<string[]>("--import") { Description = "Take signatures that were made elsewhere; several times for several.", HelpName = "FILE" };
        var command = new ExplainedCommand("sign", "Sign what is staged, with keys that are here or on a machine that has no network.")
        {
            Examples =
            [
                "outwork repo sign --key targets.key", "outwork repo sign --export request.json", "outwork repo sign --request request.json --key root1.key --output signatures.json",
                "outwork repo sign --import signatures.json", "outwork repo sign --renew root --key root1.key --key root2.key",
            ],
        };
        foreach (Option option in (Option[])[shared.Keys, role, renew, export, request, output, import])
            command.Options.Add(option);
        shared.Passphrases.AddTo(command);
        command.Options.Add(shared.Command.Json);
        command.Validators.Add(result =>
        {
            bool hasKeys = result.GetValue(shared.Keys) is { Length: > 0 };
            if (result.GetValue(request) is not null && (result.GetValue(output) is null || !hasKeys))
                result.AddError("--request needs --key and --output.");
            else if (result.GetValue(request) is null && !hasKeys && result.GetValue(export) is null && result.GetValue(import) is not { Length: > 0 } && result.GetValue(renew) is not { Length: > 0 })
                result.AddError("Give --key, --export, --import or --request.");
        });
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(request) is { } asked)
                return shared.Guard(parsed, () => SignRequest(shared, parsed, asked, parsed.GetValue(output)!));
            return shared.Change(parsed, draft =>
            {
                var done = new List<string>();
                DraftFault? fault = (parsed.GetValue(renew) ?? []).Select(name => KeyChanges.Renew(draft, name, shared.Now)).FirstOrDefault(static wrong => wrong is not null)
                    ?? Import(draft, parsed.GetValue(import) ?? [], done)
                    ?? SignHere(shared, parsed, draft, parsed.GetValue(role), done);
                if (fault is null && parsed.GetValue(export) is { } file)
                    fault = Export(draft, file, done);
                return (fault, [.. done]);
            });
        });
        return command;
    }

    private static DraftFault? SignHere(RepositorySetting shared, ParseResult parsed, RepositoryDraft draft, string? role, List<string> done)
    {
        if (parsed.GetValue(shared.Keys) is not { Length: > 0 } files)
            return null;
        if (KeyLoading.ReadPrivate(parsed, shared.Passphrases, files, out DraftFault? fault) is not { } keys)
            return fault;
        for (int i = 0; i < keys.Count; i++)
        {
            using SigningKey key = keys[i];
            IReadOnlyList<string> signed = fault is null ? DraftSigning.Sign(draft, key, role) : [];
            if (signed.Count == 0)
                fault ??= new DraftFault(DraftFaultCode.NothingToSign, $"{files[i]} has no part in what is staged", "See what is staged: outwork repo check; to sign a role anew: --renew ROLE");
            else
                done.Add($"Signed with {RepositoryReport.Short(key.Public.Id)}: {string.Join(", ", signed)}.");
        }

        return fault;
    }

    private static DraftFault? Export(RepositoryDraft draft, string file, List<string> done)
    {
        IReadOnlyList<MissingSignatures> missing = DraftSigning.Missing(draft, OpenSslEd25519.Instance);
        if (missing.Count == 0)
            return new DraftFault(DraftFaultCode.NothingToSign, "nothing that is staged lacks a signature", "");
        File.WriteAllText(file, SigningRequest.Export(draft, missing));
        done.Add($"Wrote {file}: {string.Join(", ", missing.Select(static lack => lack.Role).Distinct(StringComparer.Ordinal))}.");
        return null;
    }

    private static DraftFault? Import(RepositoryDraft draft, string[] files, List<string> done)
    {
        foreach (string file in files)
        {
            if (SigningRequest.ReadSignatures(File.ReadAllText(file)) is not { } signatures)
                return new DraftFault(DraftFaultCode.BadFile, $"{file} holds no signatures", "It is what 'outwork repo sign --request' wrote.");
            foreach (BroughtSignature signature in signatures)
            {
                if (DraftSigning.Bring(draft, signature.Role, signature.KeyId, signature.Value, OpenSslEd25519.Instance) is { } fault)
                    return fault;
                done.Add($"Took the signature of {RepositoryReport.Short(signature.KeyId)} over {signature.Role}.");
            }
        }

        return null;
    }

    private static RepositoryReport SignRequest(RepositorySetting shared, ParseResult parsed, string request, string output)
    {
        if (SigningRequest.Read(File.ReadAllText(request)) is not { } roles)
            return RepositoryReport.Refused(new DraftFault(DraftFaultCode.BadFile, $"{request} asks for no signatures", "It is what 'outwork repo sign --export' wrote."));
        if (KeyLoading.ReadPrivate(parsed, shared.Passphrases, parsed.GetValue(shared.Keys)!, out DraftFault? fault) is not { } keys)
            return RepositoryReport.Refused(fault!);
        var made = new List<BroughtSignature>();
        foreach (SigningKey key in keys)
        {
            using (key)
                made.AddRange(SigningRequest.Sign(roles, key));
        }

        if (made.Count == 0)
            return RepositoryReport.Refused(new DraftFault(DraftFaultCode.NothingToSign, "no role of the request lists these keys", ""));
        File.WriteAllText(output, SigningRequest.WriteSignatures(made));
        return new RepositoryReport { Ok = true, Done = [.. roles.Select(role => Describe(role.Role, role.Keys, made)), $"Wrote {output}."] };
    }

    // What is signed is shown where it is signed: the machine that asks for it may not be the owner's any more.
    private static string Describe(DraftRole role, IReadOnlyDictionary<string, TrustKey> keys, List<BroughtSignature> made)
    {
        string signed = string.Join(", ", made.Where(signature => signature.Role == role.Name).Select(static signature => RepositoryReport.Short(signature.KeyId)));
        return $"{role.Name} version {role.Version}, expires {role.Expires:yyyy-MM-dd}, keys {string.Join(' ', keys.Keys.Select(RepositoryReport.Short))}: "
            + (signed.Length == 0 ? "not signed" : $"signed by {signed}") + $"; {role.Summary()}";
    }
}
