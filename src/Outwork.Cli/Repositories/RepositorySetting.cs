using System.CommandLine;
using System.Text.Json;
using Outwork.Platform.Linux;
using Outwork.Trust.Authoring;

namespace Outwork.Cli.Repositories;

/// <summary>What the commands of <c>outwork repo</c> share.</summary>
internal sealed class RepositorySetting(CommandSetting setting)
{
    public CommandSetting Command => setting;

    public DateTimeOffset Now => setting.Time.GetUtcNow();

    public Option<string> Repository { get; } = new Option<string>("--repo")
    {
        Description = "The repository's folder.", HelpName = "DIR", Recursive = true, DefaultValueFactory = static _ => ".",
    }.NotEmpty();

    public Passphrases Passphrases { get; } = new();

    public Option<string[]> Keys { get; } = new Option<string[]>("--key") { Description = "A private key's file; may be given several times.", HelpName = "FILE" }.NotEmpty();

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
            if (!RepositoryFolder.HasRoot(folder))
            {
                // A full disk, or the power, ended its making, unless something is published already.
                return RepositoryReport.Refused(RepositoryFolder.HasPublished(folder)
                    ? new DraftFault(DraftFaultCode.BadFile, $"{folder} has lost every root", "Take public/metadata/*.root.json from a copy of it, or from a mirror.")
                    : new DraftFault(DraftFaultCode.BadFile, $"{folder} is a repository whose making did not come to its end", "Make it again: outwork repo init"));
            }

            using RepositoryFolder? opened = RepositoryFolder.Open(folder, setting.Time);
            return opened is null ? Busy(folder) : action(opened);
        });
    }

    /// <summary>Tells how an action went; what fails at files is a refusal.</summary>
    public int Guard(ParseResult parsed, Func<RepositoryReport> action)
    {
        RepositoryReport report;
        try
        {
            report = action();
            report = report with { Warnings = [.. report.Warnings, .. Passphrases.Warn(parsed)] };
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or LinuxException)
        {
            report = RepositoryReport.Refused(new DraftFault(DraftFaultCode.BadFile, Sentence(failed), "Look at that file, at who may read and write it, and at the space on its disk; what was published is as it was."));
        }
        catch (JsonException failed)
        {
            report = RepositoryReport.Refused(new DraftFault(DraftFaultCode.BadFile, Sentence(failed), "Take the file from a copy of the repository; what is staged alone can be taken back: outwork repo discard ROLE"));
        }

        return report.WriteTo(setting, parsed.GetValue(setting.Json));
    }

    /// <summary>Another command works on the repository.</summary>
    public static RepositoryReport Busy(string folder) => RepositoryReport.Refused(
        new DraftFault(DraftFaultCode.Busy, $"another command works on the repository {folder}, and did not end within 10 s", "Do it again when that command has ended; nothing was changed."));

    private static string Sentence(Exception failed) => failed.Message.TrimEnd('.');
}
