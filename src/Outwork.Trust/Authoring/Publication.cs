using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Authoring;

/// <summary>New files of a repository, in the order in which they are to appear: clients see nothing new before the last of them.</summary>
/// <param name="Files">Name below the metadata's folder, and bytes. The timestamp is the last.</param>
/// <param name="Roles">The roles that were staged and are in it.</param>
public sealed record Publication(IReadOnlyList<KeyValuePair<string, byte[]>> Files, IReadOnlyList<string> Roles)
{
    /// <summary>Makes snapshot and timestamp for what is staged and signs them.</summary>
    /// <param name="draft">The repository; what is staged in it is complete.</param>
    /// <param name="keys">Keys at hand.</param>
    /// <param name="now">For the expiry.</param>
    /// <param name="ed25519">From the platform.</param>
    /// <param name="fault">Why there is none.</param>
    public static Publication? Create(RepositoryDraft draft, IReadOnlyList<SigningKey> keys, DateTimeOffset now, IEd25519 ed25519, out DraftFault? fault)
    {
        // A threshold of nobody is met at once: what nobody delegates to would be published without any signature.
        fault = draft.Staged.Keys.FirstOrDefault(role => draft.SignersOf(role).Count == 0) is { } alone
            ? new DraftFault(DraftFaultCode.UnknownRole, $"the staged role {alone} is one that nobody delegates to", $"Take it back: outwork repo discard {alone}")
            : Describe(DraftSigning.Missing(draft, ed25519));
        if (fault is not null)
            return null;
        var files = new List<KeyValuePair<string, byte[]>>();
        var meta = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (DraftRole role in draft.Staged.Values.Where(static role => role.Name != RoleName.Root))
        {
            byte[] bytes = role.ToBytes();
            files.Add(new(RoleName.FileOf(role.Name, role.Version), bytes));
            meta[role.Name + RoleName.Extension] = Describe(role.Version, bytes);
        }

        DraftRole snapshot = NextSnapshot(draft, meta, now);
        DraftRole timestamp = Next(draft, RoleName.Timestamp, now, static () => new JsonObject { ["meta"] = new JsonObject() });
        fault = SignWith(draft, snapshot, keys, ed25519);
        if (fault is not null)
            return null;
        byte[] snapshotBytes = snapshot.ToBytes();
        timestamp.Signed["meta"] = new JsonObject { [RoleName.Snapshot + RoleName.Extension] = Describe(snapshot.Version, snapshotBytes) };
        fault = SignWith(draft, timestamp, keys, ed25519);
        if (fault is not null)
            return null;
        files.Add(new(RoleName.FileOf(RoleName.Snapshot, snapshot.Version), snapshotBytes));
        // A root takes effect as soon as it is there: right before the timestamp that fits it.
        if (draft.Staged.TryGetValue(RoleName.Root, out DraftRole? root))
            files.Add(new(RoleName.FileOf(RoleName.Root, root.Version), root.ToBytes()));
        files.Add(new(RoleName.FileOf(RoleName.Timestamp), timestamp.ToBytes()));
        return new Publication(files, [.. draft.Staged.Keys]);
    }

    /// <summary>The fault that tells of missing signatures; null when none is missing.</summary>
    public static DraftFault? Describe(IReadOnlyList<MissingSignatures> missing)
    {
        if (missing.Count == 0)
            return null;
        MissingSignatures first = missing[0];
        string more = missing.Count == 1 ? "" : $" (and {missing.Count - 1} more)";
        return new DraftFault(
            DraftFaultCode.SignaturesMissing,
            $"{first.Role} has {first.Valid} of {first.Threshold} signatures that {first.SaidBy} wants{more}",
            $"Sign with one of: {string.Join(", ", first.Waiting.Select(TrustKey.Short))}: outwork repo sign --key FILE, or outwork repo sign --export FILE for another machine.");
    }

    private static DraftRole NextSnapshot(RepositoryDraft draft, Dictionary<string, JsonObject> changed, DateTimeOffset now)
    {
        DraftRole snapshot = Next(draft, RoleName.Snapshot, now, static () => new JsonObject { ["meta"] = new JsonObject() });
        JsonObject meta = snapshot.Signed["meta"]!.AsObject();
        foreach ((string file, JsonObject description) in changed)
            meta[file] = description;
        return snapshot;
    }

    private static DraftRole Next(RepositoryDraft draft, string role, DateTimeOffset now, Func<JsonObject> create)
    {
        DateTimeOffset expires = now.AddDays(draft.DaysOf(role));
        return draft.Published.TryGetValue(role, out DraftRole? before) ? before.Next(expires) : DraftRole.Create(role, role, expires, create());
    }

    private static DraftFault? SignWith(RepositoryDraft draft, DraftRole role, IReadOnlyList<SigningKey> keys, IEd25519 ed25519)
    {
        byte[] canonical = role.Canonical();
        SignerSet set = draft.SignersOf(role.Name)[0];
        foreach (SigningKey key in keys)
        {
            if (set.NameOf(key.Public) is { } id)
                role.Add(new MetadataSignature(id, key.Sign(canonical)));
        }

        ThresholdResult result = ThresholdCheck.Count(set.Keys, set.Known, canonical, role.Signatures, ed25519);
        return result.IsMet ? null : new DraftFault(
            DraftFaultCode.SignaturesMissing,
            $"{result.Valid.Count} of the {result.Threshold} keys that sign {role.Name} are at hand",
            $"Give --key FILE for: {string.Join(", ", set.Keys.KeyIds.Except(result.Valid, StringComparer.Ordinal).Select(TrustKey.Short))}");
    }

    private static JsonObject Describe(long version, byte[] bytes) => new()
    {
        ["hashes"] = new JsonObject { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)) },
        ["length"] = bytes.Length,
        ["version"] = version,
    };
}
