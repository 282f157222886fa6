using System.Globalization;
using System.Text.Json.Nodes;
using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Authoring;

/// <summary>Keys of which enough must sign, and who says so.</summary>
/// <param name="Keys">The keys and how many of them.</param>
/// <param name="Known">By name.</param>
/// <param name="SaidBy">The role, or the version of the root, that lists them.</param>
public sealed record SignerSet(RoleKeys Keys, IReadOnlyDictionary<string, TrustKey> Known, string SaidBy)
{
    /// <summary>What a key is called there; null when it is not.</summary>
    internal string? NameOf(TrustKey key) => NameOf(Known, key);

    /// <summary>The same in a list of keys.</summary>
    internal static string? NameOf(IReadOnlyDictionary<string, TrustKey> known, TrustKey key) =>
        known.FirstOrDefault(named => named.Value.Material.Span.SequenceEqual(key.Material.Span)).Key;
}

/// <summary>Members of a draft's JSON.</summary>
internal static class DraftJson
{
    public static JsonObject Role(IReadOnlyList<TrustKey> keys, int threshold, int days) => new()
    {
        // Other clients refuse a role that lists a key twice.
        ["keyids"] = new JsonArray([.. keys.Select(static key => key.Id).Distinct(StringComparer.Ordinal).Select(static id => (JsonNode)id)]),
        ["threshold"] = threshold,
        [RepositoryDraft.DaysMember] = days,
    };

    public static SignerSet Signers(JsonObject role, JsonObject keys, string saidBy)
    {
        string[] ids = KeyIds(role);
        var known = new Dictionary<string, TrustKey>(StringComparer.Ordinal);
        foreach (string id in ids)
        {
            if (keys[id] is JsonObject key)
                known[id] = TrustKey.Create(id, key["keytype"]!.GetValue<string>(), key["scheme"]!.GetValue<string>(), key["keyval"]!["public"]!.GetValue<string>());
        }

        return new SignerSet(new RoleKeys(ids, role["threshold"]!.GetValue<int>()), known, saidBy);
    }

    public static string[] KeyIds(JsonObject role) => [.. role["keyids"]!.AsArray().Select(static id => id!.GetValue<string>())];

    public static IEnumerable<string> DelegatedNames(JsonObject? signed)
    {
        if (signed?["delegations"] is not JsonObject delegations)
            return [];
        return delegations["succinct_roles"] is JsonObject bins
            ? BinNames(bins)
            : delegations["roles"]!.AsArray().Select(static role => role!["name"]!.GetValue<string>());
    }

    public static IEnumerable<string> BinNames(JsonObject bins)
    {
        var roles = new SuccinctRoles(new RoleKeys([], 1), bins["bit_length"]!.GetValue<int>(), bins["name_prefix"]!.GetValue<string>());
        for (long bin = 0; bin < roles.Count; bin++)
            yield return roles.NameOf(bin);
    }

    /// <summary>The delegation to a role: its own entry, or that of all bins.</summary>
    public static JsonObject? FindDelegation(JsonObject delegations, string role)
    {
        if (delegations["succinct_roles"] is JsonObject bins)
            return IsBin(bins, role) ? bins : null;
        return delegations["roles"]!.AsArray().FirstOrDefault(item => string.Equals(item!["name"]!.GetValue<string>(), role, StringComparison.Ordinal)) as JsonObject;
    }

    /// <summary>Takes keys away that none of the holder's roles names.</summary>
    public static void DropUnusedKeys(JsonObject holder, IEnumerable<JsonNode?> roles)
    {
        HashSet<string> used = [.. roles.SelectMany(static role => KeyIds(role!.AsObject()))];
        JsonObject keys = holder["keys"]!.AsObject();
        foreach (string id in keys.Select(static key => key.Key).Where(id => !used.Contains(id)).ToArray())
            keys.Remove(id);
    }

    private static bool IsBin(JsonObject bins, string role)
    {
        string prefix = bins["name_prefix"]!.GetValue<string>() + "-";
        var roles = new SuccinctRoles(new RoleKeys([], 1), bins["bit_length"]!.GetValue<int>(), bins["name_prefix"]!.GetValue<string>());
        return role.StartsWith(prefix, StringComparison.Ordinal)
            && long.TryParse(role.AsSpan(prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long bin)
            && bin >= 0 && bin < roles.Count && string.Equals(roles.NameOf(bin), role, StringComparison.Ordinal);
    }
}
