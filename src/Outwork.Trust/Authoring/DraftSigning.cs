using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Authoring;

/// <summary>What a role still lacks.</summary>
/// <param name="Role">The role.</param>
/// <param name="SaidBy">Who lists the keys.</param>
/// <param name="Valid">How many signatures hold.</param>
/// <param name="Threshold">How many must.</param>
/// <param name="Waiting">Names of keys that could still sign.</param>
public sealed record MissingSignatures(string Role, string SaidBy, int Valid, int Threshold, IReadOnlyList<string> Waiting);

/// <summary>Signs what is staged, with keys that are here or with signatures that are brought.</summary>
public static class DraftSigning
{
    /// <summary>Signs every staged role that lists the key.</summary>
    /// <param name="draft">The repository.</param>
    /// <param name="key">The key.</param>
    /// <param name="role">One role alone; null for all.</param>
    /// <returns>The roles that were signed; none when the key has no part in what is staged.</returns>
    public static IReadOnlyList<string> Sign(RepositoryDraft draft, SigningKey key, string? role)
    {
        var signed = new List<string>();
        foreach (DraftRole staged in draft.Staged.Values.Where(staged => role is null || staged.Name == role))
        {
            string? id = NameOf(draft, staged.Name, key.Public);
            if (id is null)
                continue;
            staged.Add(new MetadataSignature(id, key.Sign(staged.Canonical())));
            signed.Add(staged.Name);
        }

        return signed;
    }

    /// <summary>Takes a signature that was made elsewhere, if it holds.</summary>
    public static DraftFault? Bring(RepositoryDraft draft, string role, string keyId, byte[] signature, IEd25519 ed25519)
    {
        if (!draft.Staged.TryGetValue(role, out DraftRole? staged))
            return new DraftFault(DraftFaultCode.UnknownRole, $"the role {role} is not staged", "The repository changed since the request was made: export it again.");
        TrustKey? key = draft.SignersOf(role).Select(set => set.Known.GetValueOrDefault(keyId)).FirstOrDefault(static known => known is not null);
        if (key is null)
            return new DraftFault(DraftFaultCode.UnknownKey, $"the role {role} has no key {keyId}", "See which it has: outwork repo key list");
        if (!key.Verifies(staged.Canonical(), signature, ed25519))
            return new DraftFault(DraftFaultCode.BadSignature, $"the signature of {keyId} over {role} does not hold", "The repository changed since the request was made: export it again.");
        staged.Add(new MetadataSignature(keyId, signature));
        return null;
    }

    /// <summary>What the staged roles still lack.</summary>
    public static IReadOnlyList<MissingSignatures> Missing(RepositoryDraft draft, IEd25519 ed25519)
    {
        var missing = new List<MissingSignatures>();
        foreach (DraftRole staged in draft.Staged.Values)
        {
            byte[] canonical = staged.Canonical();
            foreach (SignerSet set in draft.SignersOf(staged.Name))
            {
                ThresholdResult result = ThresholdCheck.Count(set.Keys, set.Known, canonical, staged.Signatures, ed25519);
                if (!result.IsMet)
                    missing.Add(new MissingSignatures(staged.Name, set.SaidBy, result.Valid.Count, result.Threshold, [.. set.Keys.KeyIds.Except(result.Valid, StringComparer.Ordinal)]));
            }
        }

        return missing;
    }

    private static string? NameOf(RepositoryDraft draft, string role, TrustKey key) =>
        draft.SignersOf(role).Select(set => set.NameOf(key)).FirstOrDefault(static id => id is not null);
}
