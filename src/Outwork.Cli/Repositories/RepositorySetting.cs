using System.CommandLine;
using System.Text.Json;
using Outwork.Trust.Authoring;

namespace Outwork.Cli.Repositories;

/// <summary>What the commands of <c>outwork repo</c> share.</summary>
internal sealed class RepositorySetting(CommandSetting setting)
{
    public CommandSetting Command => setting;

    public DateTimeOffset Now => setting.Time.GetUtcNow();

    public Option<string> Repository { get; } = new("--repo")
    {
        Description = "The repository's folder.", HelpName = "DIR", Recursive = true, DefaultValueFactory = static _ => ".",
    };

    public Passphrases Passphrases { get; } = new();

    public Option<string[]> Keys { get; } = new("--key") { Description = "A private key's file; may be given several times.", HelpName = "FILE" };

    /// <summary>Runs a change: opens the repository, and keeps what is staged when all went well.</summary>
    public int Change(ParseResult parsed, Func<RepositoryDraft, (DraftFault? Fault, string[] Done)> change) => Run(parsed, folder =>
    {
        RepositoryDraft draft = folder.Load();
        (DraftFault? fault, string[] done) = change(draft);
        if (fault is not null)
            return RepositoryReport.Refused(fault);
        folder.Save(draft);
        return RepositoryReport.Of(draft, done);
    });

    /// <summary>Opens the repository and tells how it went.</summary>
    public int Run(ParseResult parsed, Func<RepositoryFolder, RepositoryReport> action)
    {
        string folder = parsed.GetValue(Repository)!;
        return Guard(parsed, () =>
        {
            if (!RepositoryFolder.IsThere(folder))
                return RepositoryReport.Refused(new DraftFault(DraftFaultCode.BadFile, $"{folder} is no repository", "Make one: outwork repo init, or name it: --repo DIR"));
            using RepositoryFolder opened = RepositoryFolder.Open(folder);
            return action(opened);
        });
    }

    /// <summary>Tells how an action went; what fails at files is a refusal.</summary>
    public int Guard(ParseResult parsed, Func<RepositoryReport> action)
    {
        RepositoryReport report;
        try
        {
            report = action();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or JsonException)
        {
            report = RepositoryReport.Refused(new DraftFault(DraftFaultCode.BadFile, failed.Message, ""));
        }

        return report.WriteTo(setting, parsed.GetValue(setting.Json));
    }
}
