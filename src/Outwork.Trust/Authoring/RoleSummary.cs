using System.Security.Cryptography;
using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Authoring;

/// <summary>
/// What a role says, line by line, for whoever signs it: all that a client would act on, as the very reader that clients use reads it, and the
/// digest of exactly what is signed. The machine that asks for the signature may not be the owner's any more.
/// </summary>
public static class RoleSummary
{
    /// <summary>The lines, without the role's name; may hold text of unknown origin and needs escaping before a terminal sees it. Null when no client would take the role.</summary>
    public static IReadOnlyList<string>? Of(DraftRole role)
    {
        byte[] bytes = role.ToBytes(), signed = role.Canonical();
        return (string?)role.Signed["_type"] switch
        {
            RoleName.Root => Tell(signed, MetadataParser.Root(bytes, out _), Root),
            RoleName.Targets => Tell(signed, MetadataParser.Targets(bytes, out _), Targets),
            RoleName.Snapshot => Tell(signed, MetadataParser.Snapshot(bytes, out _), static snapshot => snapshot.Meta.Select(static file => $"{file.Key} version {file.Value.Version}")),
            RoleName.Timestamp => Tell(signed, MetadataParser.Timestamp(bytes, out _), static timestamp => [$"snapshot version {timestamp.Snapshot.Version}"]),
            _ => null,
        };
    }

    /// <summary>SHA-256 of exactly the bytes that are signed, hexadecimal: the same on every machine that is shown the role.</summary>
    /// <exception cref="InvalidOperationException">It has no canonical form.</exception>
    public static string DigestOf(DraftRole role) => Convert.ToHexStringLower(SHA256.HashData(role.Canonical()));

    private static List<string>? Tell<T>(byte[] signed, SignedMetadata<T>? read, Func<T, IEnumerable<string>> tell)
        where T : MetadataContent
    {
        // What is told is what was read, and what was read is what is signed.
        if (read is null || !read.Canonical.Span.SequenceEqual(signed))
            return null;
        string digest = Convert.ToHexStringLower(SHA256.HashData(signed));
        return [$"version {read.Content.Version}, expires {read.Content.Expires.UtcDateTime:yyyy-MM-dd HH:mm} UTC, sha256 of what is signed {digest}", .. tell(read.Content)];
    }

    private static IEnumerable<string> Root(RootMetadata root) => root.Roles.Select(role => $"{role.Key} is signed by {Signers(role.Value, root.Keys)}")
        .Append(root.ConsistentSnapshot ? "files are never overwritten" : "files are overwritten (no consistent snapshots)");

    private static IEnumerable<string> Targets(TargetsMetadata targets)
    {
        foreach ((string path, TargetFile file) in targets.Targets)
            yield return $"file {path}: {file.Length} bytes, {string.Join(", ", file.Hashes.Digests.Select(static digest => $"{digest.Key} {digest.Value}"))}{(file.Custom.IsEmpty ? "" : ", with members of its own")}";
        if (targets.Delegations is not { } delegations)
            yield break;
        foreach (DelegatedRole role in delegations.Roles)
        {
            string paths = role.Paths is { } patterns ? string.Join(' ', patterns) : "paths whose digest begins with " + string.Join(' ', role.PathHashPrefixes!);
            yield return $"delegates {paths} to {role.Name}{(role.IsTerminating ? ", terminating" : "")}, signed by {Signers(role.Keys, delegations.Keys)}";
        }

        if (delegations.Bins is { } bins)
            yield return $"delegates everything to {bins.Count} bins, {bins.NameOf(0)} to {bins.NameOf(bins.Count - 1)}, signed by {Signers(bins.Keys, delegations.Keys)}";
    }

    private static string Signers(RoleKeys keys, IReadOnlyDictionary<string, TrustKey> known) => $"{keys.Threshold} of {string.Join(' ', keys.KeyIds.Select(id => FingerprintOf(id, known)))}";

    // Of the key that stands there and not its name there: what was tampered with has a stranger's key under a name that its owner knows.
    // Whole: a key whose fingerprint begins as another's is made in hours.
    private static string FingerprintOf(string id, IReadOnlyDictionary<string, TrustKey> known)
    {
        if (!known.TryGetValue(id, out TrustKey? key))
            return $"missing (called {TrustKey.Short(id)})";
        string print = SigningKey.Named(key.Type, key.SchemeName, key.Text).Id;
        return string.Equals(print, id, StringComparison.Ordinal) ? print : $"{print} (called {TrustKey.Short(id)})";
    }
}
