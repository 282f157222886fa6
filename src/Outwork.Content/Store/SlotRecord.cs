namespace Outwork.Content.Store;

/// <summary>What is known of the content in a slot. Part of the disk format.</summary>
public sealed record SlotRecord
{
    /// <summary>How far it has come.</summary>
    public required SlotPhase Phase { get; init; }

    /// <summary>Who made it.</summary>
    public required string Vendor { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>SHA-256 of the package, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>SHA-256 of the manifest, which tells of every file.</summary>
    public required string ManifestSha256 { get; init; }

    /// <summary>Bytes that it is counted with.</summary>
    public required long DiskBytes { get; init; }

    /// <summary>How often a trial of it began.</summary>
    public int Tries { get; init; }

    /// <summary>When it was unpacked.</summary>
    public required DateTimeOffset StagedAt { get; init; }

    /// <summary>When it was put in force; null before.</summary>
    public DateTimeOffset? InForceSince { get; init; }
}
