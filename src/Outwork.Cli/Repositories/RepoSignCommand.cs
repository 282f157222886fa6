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
        var role = new Option<string?>("--role") { Description = "Sign this role alone; default all that are staged, or asked for, and list the key.", HelpName = "ROLE" };
        var renew = new Option<string[]>("--renew") { Description = "First stage this role anew, with a new expiry; several times for several.", HelpName = "ROLE" };
        Option<string?> export = new Option<string?>("--export") { Description = "Write what is to be signed, for another machine.", HelpName = "FILE" }.NotEmpty();
        Option<string[]> import = new Option<string[]>("--import") { Description = "Take signatures that were made elsewhere; several times for several.", HelpName = "FILE" }.NotEmpty();
        var request = new RequestSigning(shared, role);
        var command = new ExplainedCommand(
            "sign", "Sign what is staged, with keys that are here or on a machine that has no network.",
            shared.Keys, role, renew, export, request.Request, request.Output, request.Yes, import)
        {
            Examples =
            [
                "outwork repo sign --key targets.key", "outwork repo sign --export request.json", "outwork repo sign --request request.json",
                "outwork repo sign --request request.json --key root1.key --output signatures.json", "outwork repo sign --import signatures.json",
                "outwork repo sign --renew root --key root1.key --key root2.key",
            ],
        };
        shared.Passphrases.AddTo(command);
        command.Options.Add(shared.Command.Json);
        command.Validators.Add(result =>
        {
            bool hasKeys = result.IsGiven(shared.Keys);
            if (result.IsGiven(request.Request))
            {
                if (hasKeys != result.IsGiven(request.Output))
                    result.AddError("--request alone shows what is asked for; to sign it give --key and --output.");
                foreach (Option here in (Option[])[renew, export, import])
                {
                    if (result.IsGiven(here))
                        result.AddError($"{here.Name} is for the repository's machine, --request for the other.");
                }

                return;
            }

            foreach (Option other in (Option[])[request.Output, request.Yes])
            {
                if (result.IsGiven(other))
                    result.AddError($"{other.Name} goes with --request.");
            }

            if (result.IsGiven(role) && !hasKeys)
                result.AddError("--role goes with --key.");
            if (!hasKeys && !result.IsGiven(export) && !result.IsGiven(import) && !result.IsGiven(renew))
                result.AddError("Give --key, --export, --import, --renew or --request.");
        });
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(request.Request) is { } asked)
                return shared.Guard(parsed, () => request.Run(parsed, asked));
            return shared.Change(parsed, draft =>
            {
                var done = new List<string>();
                DraftFault? fault = (parsed.GetValue(renew) ?? []).Select(name => KeyChanges.Renew(draft, name, shared.Now)).FirstOrDefault(static wrong => wrong is not null)
                    ?? Import(draft, parsed.GetValue(import) ?? [], done)
                    ?? SignHere(shared, parsed, draft, parsed.GetValue(role), done);
                if (fault is null && DraftSigning.Missing(draft, OpenSslEd25519.Instance).Count > 0)
                    done.Add("Staged and not signed by enough keys yet: devices see nothing of it before it is signed and published.");
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
                done.Add($"Signed with {TrustKey.Short(key.Public.Id)}: {string.Join(", ", signed)}.");
        }

        return fault;
    }

    private static DraftFault? Export(RepositoryDraft draft, string file, List<string> done)
    {
        IReadOnlyList<MissingSignatures> missing = DraftSigning.Missing(draft, OpenSslEd25519.Instance);
        if (missing.Count == 0)
            return new DraftFault(DraftFaultCode.NothingToSign, "nothing that is staged lacks a signature", "See what is staged: outwork repo check; to sign a role anew: --renew ROLE");
        File.WriteAllText(file, SigningRequest.Export(draft, missing));
        done.Add($"Wrote {file}. The other machine must show these digests:");
        foreach (string role in missing.Select(static lack => lack.Role).Distinct(StringComparer.Ordinal))
            done.Add($"{role}: sha256 {RoleSummary.DigestOf(draft.Staged[role])}");
        return null;
    }

    private static DraftFault? Import(RepositoryDraft draft, string[] files, List<string> done)
    {
        foreach (string file in files)
        {
            if (SigningRequest.ReadSignatures(File.ReadAllText(file)) is not { } signatures)
                return new DraftFault(DraftFaultCode.BadFile, $"{file} holds no signatures", "Name the file that the other machine wrote: outwork repo sign --request FILE --key FILE --output FILE");
            foreach (BroughtSignature signature in signatures)
            {
                if (DraftSigning.Bring(draft, signature.Role, signature.KeyId, signature.Value, OpenSslEd25519.Instance) is { } fault)
                    return fault;
                done.Add($"Took the signature of {TrustKey.Short(signature.KeyId)} over {signature.Role}.");
            }
        }

        return null;
    }
}
