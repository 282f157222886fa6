namespace Outwork.Sdk.Hosting;

/// <summary>Where a product's content is.</summary>
/// <param name="Directory">What the administrator put on this device; null for none.</param>
/// <param name="PackageDirectory">Holds the slots of packaged content, and the link <see cref="Current"/> to the one in force; null for none.</param>
/// <param name="Slot">The slot to load whatever is in force, for an instance that tries content; null to load what is in force.</param>
internal sealed record ContentSources(string? Directory, string? PackageDirectory = null, string? Slot = null)
{
    /// <summary>The name of the link. It is exchanged in one step, and nothing it has led to changes while it leads there.</summary>
    public const string Current = "current";

    /// <summary>There may be something to load.</summary>
    public bool IsAny => Directory is not null || PackageDirectory is not null;

    /// <summary>Whether the packaged content in force may change.</summary>
    public bool Follows => PackageDirectory is not null && Slot is null;

    /// <summary>The folder of packaged content to load now; null when none is in force.</summary>
    public string? FindPackaged()
    {
        if (PackageDirectory is null)
            return null;
        // The slot itself and not the link: another one may be in force before the load is over.
        string? slot = Slot ?? new DirectoryInfo(Path.Join(PackageDirectory, Current)).LinkTarget;
        if (slot is null || slot.Contains('/') || slot is "." or "..")
            return null;
        string folder = Path.Join(PackageDirectory, slot);
        return System.IO.Directory.Exists(folder) ? folder : null;
    }
}
