using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Trust.Authoring;

namespace Outwork.Cli.Repositories;

/// <summary><c>outwork repo publish</c>.</summary>
internal static class RepoPublishCommand
{
    public static Command Create(RepositorySetting shared)
    {
        var renew = new Option<bool>("--renew") { Description = "Publish nothing that is staged: only make a new snapshot and timestamp of what is published. For a timer." };
        var command = new ExplainedCommand(
            "publish", "Publish what is staged, with a new snapshot and timestamp; without anything staged the two are renewed.",
            shared.Keys, renew)
        {
            Examples = ["outwork repo publish --key online.key", "outwork repo publish --renew --key online.key --passphrase-file /run/credentials/online"],
        };
        shared.Passphrases.AddTo(command);
        command.Options.Add(shared.Command.Json);
        command.Validators.Add(result =>
        {
            if (!result.IsGiven(shared.Keys))
                result.AddError("Give --key with the key that signs snapshot and timestamp.");
        });
        command.SetAction(parsed => shared.Run(parsed, folder =>
        {
            RepositoryDraft draft = folder.Load();
            if (parsed.GetValue(renew))
            {
                if (draft.Published.Count == 0)
                    return RepositoryReport.Refused(new DraftFault(DraftFaultCode.NothingPublished, "nothing is published that could be renewed", "Publish it: outwork repo publish --key FILE"));
                draft = draft.WithoutStaged();
            }

            if (Sign(shared, parsed, draft, out DraftFault? fault) is not { } publication)
                return RepositoryReport.Refused(fault!);
            // A client is asked before anything is published: what it would refuse is never there. Other delegations lead to other roles.
            bool all = draft.ChangesDelegations;
            string[] looked = [.. draft.TargetsRoles().Where(role => all || draft.Staged.ContainsKey(role))];
            fault = new RepositoryCheck(folder, shared.Command.Time).RunAsync(draft, publication, looked, CancellationToken.None).GetAwaiter().GetResult();
            if (fault is not null)
                return RepositoryReport.Refused(fault);
            folder.Publish(publication);
            RepositoryDraft now = folder.Load();
            return RepositoryReport.Of(now, $"Published {publication.Files.Count} files in {folder.PublicMetadata}.") with { Warnings = ExpiryWarnings.Of(now.WithoutStaged(), folder.Folder, shared.Now) };
        }));
        return command;
    }

    private static Publication? Sign(RepositorySetting shared, ParseResult parsed, RepositoryDraft draft, out DraftFault? fault)
    {
        if (KeyLoading.ReadPrivate(parsed, shared.Passphrases, parsed.GetValue(shared.Keys)!, out fault) is not { } keys)
            return null;
        try
        {
            return Publication.Create(draft, keys, shared.Now, OpenSslEd25519.Instance, out fault);
        }
        finally
        {
            keys.ForEach(static key => key.Dispose());
        }
    }
}
