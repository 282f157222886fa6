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
        var command = new ExplainedCommand("publish", "Publish what is staged, with a new snapshot and timestamp; without anything staged the two are renewed.")
        {
            Examples = ["outwork repo publish --key online.key", "outwork repo publish --key online.key --passphrase-file /run/credentials/online"],
        };
        command.Options.Add(shared.Keys);
        shared.Passphrases.AddTo(command);
        command.Options.Add(shared.Command.Json);
        command.Validators.Add(result =>
        {
            if (result.GetValue(shared.Keys) is not { Length: > 0 })
                result.AddError("Give --key with the key that signs snapshot and timestamp.");
        });
        command.SetAction(parsed => shared.Run(parsed, folder =>
        {
            RepositoryDraft draft = folder.Load();
            if (KeyLoading.ReadPrivate(parsed, shared.Passphrases, parsed.GetValue(shared.Keys)!, out DraftFault? fault) is not { } keys)
                return RepositoryReport.Refused(fault!);
            Publication? publication = Publication.Create(draft, keys, shared.Now, OpenSslEd25519.Instance, out fault);
            keys.ForEach(static key => key.Dispose());
            if (publication is null)
                return RepositoryReport.Refused(fault!);
            // A client is asked before anything is published: what it would refuse is never there.
            string[] changed = [.. draft.TargetsRoles().Where(draft.Staged.ContainsKey)];
            fault = new RepositoryCheck(folder, shared.Command.Time).RunAsync(draft, publication, changed, CancellationToken.None).GetAwaiter().GetResult();
            if (fault is not null)
                return RepositoryReport.Refused(fault);
            folder.Publish(publication);
            return RepositoryReport.Of(folder.Load(), $"Published {publication.Files.Count} files in {folder.PublicMetadata}.");
        }));
        return command;
    }
}
