using Outwork.Content.Packages;

namespace Outwork.Content.Store;

/// <summary>What a content store holds, and how much.</summary>
public sealed record ContentStoreOptions
{
    /// <summary>What its packages are of.</summary>
    public PackageKind Kind { get; init; } = PackageKind.Content;

    /// <summary>This system, as a runtime identifier.</summary>
    public required string System { get; init; }

    /// <summary>The version of Outwork.</summary>
    public required PackageVersion Outwork { get; init; }

    /// <summary>The version of a product by its name; null when it is not known: then what the package asks for is not checked.</summary>
    public Func<string, PackageVersion?> ProductVersion { get; init; } = static _ => null;

    /// <summary>Bytes of both slots of a product.</summary>
    public long ProductBytes { get; init; } = 2048L * 1024 * 1024;

    /// <summary>Bytes of all slots of all products.</summary>
    public long StoreBytes { get; init; } = 8192L * 1024 * 1024;

    /// <summary>Products.</summary>
    public int Products { get; init; } = 64;

    /// <summary>How often a trial may begin without an end, as when the machine goes down with it.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>Bytes of a product's history; the older half goes when it is more.</summary>
    public int HistoryBytes { get; init; } = 256 * 1024;
}
