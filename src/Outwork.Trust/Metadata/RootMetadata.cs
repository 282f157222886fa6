using Outwork.Trust.Keys;

namespace Outwork.Trust.Metadata;

/// <summary>Which keys must sign a role, and how many of them.</summary>
/// <param name="KeyIds">Names of the keys, each once.</param>
/// <param name="Threshold">How many different keys must have signed; at least 1.</param>
public sealed record RoleKeys(IReadOnlyList<string> KeyIds, int Threshold);

/// <summary>The root role: which keys each top-level role has (specification 4.3).</summary>
public sealed record RootMetadata : MetadataContent
{
    /// <summary>Whether files carry their version or digest in the name, so that none is ever overwritten (specification 6.2).</summary>
    public required bool ConsistentSnapshot { get; init; }

    /// <summary>By key name; keys of unknown kinds are there and verify nothing.</summary>
    public required IReadOnlyDictionary<string, TrustKey> Keys { get; init; }

    /// <summary>By role; the four top-level roles are there.</summary>
    public required IReadOnlyDictionary<string, RoleKeys> Roles { get; init; }
}
