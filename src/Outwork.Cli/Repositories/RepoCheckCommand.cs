using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Trust.Authoring;

namespace Outwork.Cli.Repositories;

/// <summary><c>outwork repo check</c>.</summary>
internal static class RepoCheckCommand
{
    public static Command Create(RepositorySetting shared)
    {
        var command = new ExplainedCommand(
            "check", "Let a client take what is published, every file of it; tell how the roles stand and what is staged.",
            shared.Command.Json)
        {
            Examples = ["outwork repo check", "outwork repo check --repo ./repo --json"],
        };
        command.SetAction(parsed => shared.Run(parsed, folder =>
        {
            RepositoryDraft draft = folder.Load();
            string[] done = ["Nothing is published yet."], warnings = [];
            if (draft.Published.Count > 0)
            {
                var published = draft.WithoutStaged();
                DraftFault? fault = new RepositoryCheck(folder, shared.Command.Time).RunAsync(published, null, [.. published.TargetsRoles()], CancellationToken.None).GetAwaiter().GetResult();
                if (fault is not null)
                    return RepositoryReport.Refused(fault);
                done = ["A client takes what is published."];
                warnings = ExpiryWarnings.Of(published, folder.Folder, shared.Now);
            }

            if (Publication.Describe(DraftSigning.Missing(draft, OpenSslEd25519.Instance)) is { } lacks)
                done = [.. done, $"Staged: {lacks.What}. {lacks.Advice}"];
            return RepositoryReport.Of(draft, done) with { Warnings = warnings };
        }));
        return command;
    }
}
