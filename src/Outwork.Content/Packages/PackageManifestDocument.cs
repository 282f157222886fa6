using System.Text.Json;
using System.Text.Json.Serialization;

namespace Outwork.Content.Packages;

/// <summary>The manifest as it is written, before it is checked. The order of the members is that of the written form.</summary>
internal sealed record PackageManifestDocument
{
    public int? Format { get; init; }

    public string? Kind { get; init; }

    public string? Vendor { get; init; }

    public string? Product { get; init; }

    public string? Version { get; init; }

    public string? Description { get; init; }

    public SchemaDocument? Schema { get; init; }

    public RequirementsDocument? Requires { get; init; }

    public TrialDocument? Trial { get; init; }

    public CommitDocument? Commit { get; init; }

    public FileDocument[]? Files { get; init; }
}

internal sealed record SchemaDocument
{
    public string? Name { get; init; }

    public int? Version { get; init; }

    public int? Fields { get; init; }
}

internal sealed record RequirementsDocument
{
    public RangeDocument? Product { get; init; }

    public RangeDocument? Outwork { get; init; }

    public string[]? Systems { get; init; }
}

internal sealed record RangeDocument
{
    public string? From { get; init; }

    public string? Below { get; init; }
}

internal sealed record TrialDocument
{
    public int? MinimumReplayedEvents { get; init; }

    public int? MinimumLiveEvents { get; init; }

    public int? MinimumLiveSeconds { get; init; }

    public int? MaximumMemoryGrowthMiB { get; init; }

    public int? MaximumMissedDeadlines { get; init; }

    public int? MaximumNewlyDenied { get; init; }
}

internal sealed record CommitDocument
{
    public int? MinimumSeconds { get; init; }
}

internal sealed record FileDocument
{
    public string? Path { get; init; }

    public long? Size { get; init; }

    public string? Sha256 { get; init; }

    public bool? Executable { get; init; }
}

/// <summary>The manifest's JSON: every field is known, of its type, and there once; written in one way only.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    ReadCommentHandling = JsonCommentHandling.Skip,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    NewLine = "\n",
    MaxDepth = 8)]
[JsonSerializable(typeof(PackageManifestDocument))]
internal sealed partial class PackageManifestJson : JsonSerializerContext;
