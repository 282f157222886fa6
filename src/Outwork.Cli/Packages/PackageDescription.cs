using System.Text.Json.Serialization;
using Outwork.Content.Packages;

namespace Outwork.Cli.Packages;

/// <summary>A package for programs. Fields: docs/packages.md.</summary>
internal sealed record PackageDescription
{
    public required string File { get; init; }

    public required bool Ok { get; init; }

    /// <summary>Why it is refused.</summary>
    public PackageRefusalDescription? Refusal { get; init; }

    /// <summary>Digest of the package; only when all of it was read.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Bytes of the package; only when all of it was read.</summary>
    public long? Length { get; init; }

    public string? Kind { get; init; }

    public string? Vendor { get; init; }

    public string? Product { get; init; }

    public string? Version { get; init; }

    public string? Description { get; init; }

    public PackageSchema? Schema { get; init; }

    public RequirementsDescription? Requires { get; init; }

    public TrialConditions? Trial { get; init; }

    public CommitConditions? Commit { get; init; }

    /// <summary>Conditions that are looser than what is asked for by default, and hold only if the administrator loosens them too.</summary>
    public IReadOnlyList<string>? LooserThanDefault { get; init; }

    public IReadOnlyList<PackageFile>? Files { get; init; }
}

internal sealed record RequirementsDescription(string Product, string Outwork, IReadOnlyList<string> Systems);

internal sealed record PackageRefusalDescription(string Code, string Where, string What, string Remedy, IReadOnlyList<Contracts.Products.ManifestFault> Faults);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PackageDescription))]
internal sealed partial class PackageDescriptionJson : JsonSerializerContext;
