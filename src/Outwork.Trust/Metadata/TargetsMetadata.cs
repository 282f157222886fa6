using Outwork.Trust.Keys;

namespace Outwork.Trust.Metadata;

/// <summary>A file of the repository.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Hashes">Its digests.</param>
/// <param name="Custom">The member <c>custom</c> as received, JSON in UTF-8; empty when there is none.</param>
public sealed record TargetFile(long Length, FileHashes Hashes, ReadOnlyMemory<byte> Custom);

/// <summary>A targets role: files and delegations (specification 4.5).</summary>
public sealed record TargetsMetadata : MetadataContent
{
    /// <summary>By path in the repository, with <c>/</c> between folders.</summary>
    public required IReadOnlyDictionary<string, TargetFile> Targets { get; init; }

    /// <summary>To whom it delegates; null when to nobody.</summary>
    public required Delegations? Delegations { get; init; }
}

/// <summary>To whom a targets role delegates: roles in order, or the bins of TAP 15.</summary>
/// <param name="Keys">By key name.</param>
/// <param name="Roles">In order of precedence; empty with bins.</param>
/// <param name="Bins">The bins; null with roles.</param>
public sealed record Delegations(IReadOnlyDictionary<string, TrustKey> Keys, IReadOnlyList<DelegatedRole> Roles, SuccinctRoles? Bins);
