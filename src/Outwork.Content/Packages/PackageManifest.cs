namespace Outwork.Content.Packages;

/// <summary>What a package says of itself; valid once it was read by <see cref="PackageManifestReader"/>. Format: docs/packages.md.</summary>
public sealed record PackageManifest
{
    /// <summary>The manifest's name, in a package and in the folder that a package is built from.</summary>
    public const string FileName = "outwork-package.json";

    /// <summary>What a package's name ends with.</summary>
    public const string Extension = ".owpkg";

    /// <summary>Version of the package format that this code reads and writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>What is in it.</summary>
    public required PackageKind Kind { get; init; }

    /// <summary>Who made it.</summary>
    public required string Vendor { get; init; }

    /// <summary>The product that it is, or is for.</summary>
    public required string Product { get; init; }

    /// <summary>Its version.</summary>
    public required PackageVersion Version { get; init; }

    /// <summary>For people.</summary>
    public string Description { get; init; } = "";

    /// <summary>The interface it was made for; always there for content, never for a product.</summary>
    public PackageSchema? Schema { get; init; }

    /// <summary>Where it fits.</summary>
    public PackageRequirements Requires { get; init; } = PackageRequirements.None;

    /// <summary>What it asks to be shown before it is in force.</summary>
    public TrialConditions Trial { get; init; } = TrialConditions.Default;

    /// <summary>What it asks to be shown before it is the last known good.</summary>
    public CommitConditions Commit { get; init; } = CommitConditions.Default;

    /// <summary>Its files, by the bytes of their names.</summary>
    public IReadOnlyList<PackageFile> Files { get; init; } = [];

    /// <summary>Bytes of all files.</summary>
    public long TotalBytes => Files.Sum(static file => file.Size);

    /// <summary>For people: <c>acme/guard 1.2.0</c>.</summary>
    public string Identity => $"{Vendor}/{Product} {Version}";
}
