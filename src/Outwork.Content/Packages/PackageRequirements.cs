namespace Outwork.Content.Packages;

/// <summary>Where a package fits.</summary>
public sealed record PackageRequirements
{
    /// <summary>Versions of the product that can interpret the content; for a product, versions that it can take the place of.</summary>
    public PackageVersionRange Product { get; init; } = PackageVersionRange.Any;

    /// <summary>Versions of Outwork.</summary>
    public PackageVersionRange Outwork { get; init; } = PackageVersionRange.Any;

    /// <summary>Systems, as runtime identifiers; empty for all.</summary>
    public IReadOnlyList<string> Systems { get; init; } = [];

    /// <summary>Fits everywhere.</summary>
    public static PackageRequirements None { get; } = new();
}
