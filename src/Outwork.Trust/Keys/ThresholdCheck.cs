using Outwork.Trust.Metadata;

namespace Outwork.Trust.Keys;

/// <summary>Whether enough keys of a role signed.</summary>
/// <param name="Threshold">How many must have signed.</param>
/// <param name="Valid">Names of the keys whose signatures hold, each key once whatever its names.</param>
/// <param name="Missing">Names that the role lists and no key has.</param>
public sealed record ThresholdResult(int Threshold, IReadOnlyList<string> Valid, IReadOnlyList<string> Missing)
{
    /// <summary>True when enough signed.</summary>
    public bool IsMet => Valid.Count >= Threshold;

    /// <summary>Says what was found.</summary>
    public override string ToString()
    {
        string text = $"{Valid.Count} of {Threshold} needed signatures hold";
        return Missing.Count == 0 ? text : $"{text}; the role names {Missing.Count} keys that are not there";
    }
}

/// <summary>Counts the signatures that hold (specification 5.3.4 and the like).</summary>
internal static class ThresholdCheck
{
    /// <summary>
    /// Verifies until enough hold. A key counts once although it may have several names: a threshold is a number of people, and one of
    /// them must not reach it by being listed twice.
    /// </summary>
    public static ThresholdResult Count(
        RoleKeys role, IReadOnlyDictionary<string, TrustKey> keys, ReadOnlyMemory<byte> canonical, IReadOnlyList<MetadataSignature> signatures, IEd25519? ed25519)
    {
        var byName = signatures.ToDictionary(static signature => signature.KeyId, static signature => signature.Value, StringComparer.Ordinal);
        var valid = new List<string>();
        var missing = new List<string>();
        var counted = new List<ReadOnlyMemory<byte>>();
        foreach (string id in role.KeyIds)
        {
            if (valid.Count >= role.Threshold)
                break;
            if (!keys.TryGetValue(id, out TrustKey? key))
            {
                missing.Add(id);
                continue;
            }

            if (!byName.TryGetValue(id, out ReadOnlyMemory<byte> signature) || counted.Exists(other => other.Span.SequenceEqual(key.Material.Span)))
                continue;
            if (!key.Verifies(canonical.Span, signature.Span, ed25519))
                continue;
            counted.Add(key.Material);
            valid.Add(id);
        }

        return new ThresholdResult(role.Threshold, valid, missing);
    }
}
