namespace Outwork.Trust.Metadata;

/// <summary>What one metadata file says about another.</summary>
/// <param name="Version">The version it must have.</param>
/// <param name="Length">Bytes; null when not said.</param>
/// <param name="Hashes">Its digests; null when not said.</param>
public sealed record MetaFile(long Version, long? Length, FileHashes? Hashes);

/// <summary>The timestamp role: what the newest snapshot is (specification 4.6).</summary>
public sealed record TimestampMetadata : MetadataContent
{
    /// <summary>The newest snapshot.</summary>
    public required MetaFile Snapshot { get; init; }
}

/// <summary>The snapshot role: which versions of the targets roles belong together (specification 4.4).</summary>
public sealed record SnapshotMetadata : MetadataContent
{
    /// <summary>By file name without version, <c>targets.json</c> and one per delegated role.</summary>
    public required IReadOnlyDictionary<string, MetaFile> Meta { get; init; }

    /// <summary>What it says about a targets role; null when the role is not in it.</summary>
    public MetaFile? Of(string role) => Meta.GetValueOrDefault(role + RoleName.Extension);
}
