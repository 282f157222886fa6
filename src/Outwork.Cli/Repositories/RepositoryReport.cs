using System.Text.Json.Serialization;
using Outwork.Cli.Output;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Trust.Authoring;
using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Cli.Repositories;

/// <summary>What every <c>outwork repo</c> command tells; as JSON, part of the interface.</summary>
internal sealed record RepositoryReport
{
    /// <summary>Whether it was done.</summary>
    public required bool Ok { get; init; }

    /// <summary>The refusal's code; null when it was done.</summary>
    public string? Code { get; init; }

    /// <summary>What is wrong.</summary>
    public string? Error { get; init; }

    /// <summary>What to do.</summary>
    public string? Advice { get; init; }

    /// <summary>What was done, a sentence each.</summary>
    public string[] Done { get; init; } = [];

    /// <summary>What its owner should see to, a sentence each.</summary>
    public string[] Warnings { get; init; } = [];

    /// <summary>The roles.</summary>
    public RepositoryRole[] Roles { get; init; } = [];

    public static RepositoryReport Refused(DraftFault fault) => new() { Ok = false, Code = fault.Code.ToString(), Error = fault.What, Advice = fault.Advice };

    /// <summary>What was done, and how the roles stand.</summary>
    public static RepositoryReport Of(RepositoryDraft draft, params string[] done)
    {
        var missing = DraftSigning.Missing(draft, OpenSslEd25519.Instance).ToLookup(static lack => lack.Role, StringComparer.Ordinal);
        IEnumerable<string> names = ((string[])[RoleName.Root, RoleName.Timestamp, RoleName.Snapshot]).Where(role => draft.Find(role) is not null).Concat(draft.TargetsRoles());
        return new RepositoryReport
        {
            Ok = true,
            Done = done,
            Roles =
            [
                .. from name in names
                   let role = draft.Find(name)
                   where role is not null
                   select new RepositoryRole
                   {
                       Role = name,
                       State = draft.Staged.ContainsKey(name) ? missing[name].Any() ? "unsigned" : "signed" : "published",
                       Version = role.Version,
                       Expires = role.Expires,
                       Targets = name is RoleName.Root or RoleName.Timestamp or RoleName.Snapshot ? null : MetadataParser.Targets(role.ToBytes(), out _)?.Content.Targets.Count,
                       Missing = [.. missing[name].Select(static lack => $"{lack.Threshold - lack.Valid} of the keys that {lack.SaidBy} lists: {string.Join(", ", lack.Waiting.Select(TrustKey.Short))}")],
                       Sha256 = draft.Staged.ContainsKey(name) ? RoleSummary.DigestOf(role) : null,
                   },
            ],
        };
    }

    /// <summary>Writes it; returns the exit code.</summary>
    public int WriteTo(CommandSetting setting, bool json)
    {
        if (json)
            JsonOutput.WriteDocument(setting.Terminal, this, RepositoryReportJson.Default.RepositoryReport);
        if (!Ok)
        {
            setting.Terminal.WriteError(TerminalText.Escape($"{Error}. {Advice} [{Code}]"));
            return ExitCodes.Refused;
        }

        if (json)
            return ExitCodes.Done;
        foreach (string line in Done)
            setting.Terminal.WriteLine(TerminalText.Escape(line));
        foreach (string line in Warnings)
            setting.Terminal.WriteLine(TerminalText.Escape(line), Styles.Warning);
        var sheet = new Sheet("Roles", "ROLE", "VERSION", "STATE", "EXPIRES", "FILES", "STILL NEEDED");
        foreach (RepositoryRole role in Roles)
        {
            sheet.Add(
                role.Missing.Length > 0 ? Styles.Warning : null,
                role.Role, $"{role.Version}", role.State, $"{role.Expires.UtcDateTime:yyyy-MM-dd HH:mm} UTC", role.Targets is { } count ? $"{count}" : "-", string.Join("; ", role.Missing));
        }

        sheet.WriteTo(setting.Terminal);
        var digests = new Sheet("To be signed, as the signing machine shows it", "ROLE", "SHA-256");
        foreach (RepositoryRole role in Roles.Where(static role => role.Missing.Length > 0))
            digests.Add(null, role.Role, role.Sha256!);
        digests.WriteTo(setting.Terminal);
        return ExitCodes.Done;
    }
}

/// <summary>One role of a repository.</summary>
internal sealed record RepositoryRole
{
    /// <summary>Its name.</summary>
    public required string Role { get; init; }

    /// <summary><c>unsigned</c> or <c>signed</c> when staged, else <c>published</c>.</summary>
    public required string State { get; init; }

    /// <summary>Its version.</summary>
    public required long Version { get; init; }

    /// <summary>When it expires.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>How many files it has; null for a role that has none.</summary>
    public int? Targets { get; init; }

    /// <summary>Which signatures it lacks, a sentence each.</summary>
    public required string[] Missing { get; init; }

    /// <summary>SHA-256 of what is to be signed, to compare with what the signing machine shows; null when nothing of it is staged.</summary>
    public string? Sha256 { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RepositoryReport))]
internal sealed partial class RepositoryReportJson : JsonSerializerContext;
