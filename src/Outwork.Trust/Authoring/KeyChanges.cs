using System.Text.Json.Nodes;
using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Authoring;

/// <summary>Keys of roles come and go. What the role signed before is staged anew, so that its new keys can sign it.</summary>
public static class KeyChanges
{
    // As many as messages show of a name.
    private const int ShortestName = 8;

    /// <summary>Changes who signs a role.</summary>
    /// <param name="draft">The repository.</param>
    /// <param name="role">The role; for bins one of them stands for all.</param>
    /// <param name="add">Keys that come.</param>
    /// <param name="remove">Names of keys that go, or what they begin with.</param>
    /// <param name="threshold">The new threshold; null for the one it has.</param>
    /// <param name="now">For the expiry.</param>
    public static DraftFault? Change(RepositoryDraft draft, string role, IReadOnlyList<TrustKey> add, IReadOnlyList<string> remove, int? threshold, DateTimeOffset now)
    {
        if (HolderOf(draft, role) is not { } holder)
            return new DraftFault(DraftFaultCode.UnknownRole, $"there is no role {role}", "See which there are: outwork repo key list");
        JsonObject entry = EntryOf(draft.Find(holder)!, role);
        List<string> ids = [.. DraftJson.KeyIds(entry)];
        foreach (string id in remove)
        {
            string[] meant = ids.Contains(id) ? [id] : id.Length < ShortestName ? [] : [.. ids.Where(known => known.StartsWith(id, StringComparison.Ordinal))];
            if (meant.Length > 1)
                return new DraftFault(DraftFaultCode.UnknownKey, $"{role} has {meant.Length} keys whose names begin with {id}", "Give more of the name: outwork repo key list");
            if (meant.Length == 0)
                return new DraftFault(DraftFaultCode.UnknownKey, $"{role} has no key {id}", "See which it has: outwork repo key list");
            ids.Remove(meant[0]);
        }

        foreach (TrustKey key in add)
        {
            if (ids.Contains(key.Id))
                return new DraftFault(DraftFaultCode.KeyExists, $"{role} has the key {key.Id} already", "See which it has: outwork repo key list");
            ids.Add(key.Id);
        }

        int needed = threshold ?? entry["threshold"]!.GetValue<int>();
        if (needed < 1 || needed > ids.Count)
            return new DraftFault(DraftFaultCode.BadThreshold, $"{needed} of {ids.Count} keys is no threshold", "Give --threshold, or more keys.");
        Apply(draft, holder, role, add, ids, needed, now);
        return null;
    }

    /// <summary>Stages a role anew as it is, with a new expiry.</summary>
    public static DraftFault? Renew(RepositoryDraft draft, string role, DateTimeOffset now)
    {
        if (role is RoleName.Snapshot or RoleName.Timestamp)
            return new DraftFault(DraftFaultCode.UnknownRole, $"{role} is renewed by each publication", "Run: outwork repo publish --renew");
        if (draft.Find(role) is null || (role != RoleName.Root && !draft.TargetsRoles().Contains(role, StringComparer.Ordinal)))
            return new DraftFault(DraftFaultCode.UnknownRole, $"there is no role {role}", "See which there are: outwork repo check");
        draft.Edit(role, now);
        return null;
    }

    private static void Apply(RepositoryDraft draft, string holder, string role, IReadOnlyList<TrustKey> add, List<string> ids, int threshold, DateTimeOffset now)
    {
        DraftRole edited = draft.Edit(holder, now);
        JsonObject entry = EntryOf(edited, role);
        entry["keyids"] = new JsonArray([.. ids.Select(static id => (JsonNode)id)]);
        entry["threshold"] = threshold;
        if (holder == RoleName.Root)
        {
            DelegationChanges.AddKeys(edited.Signed, add);
            DraftJson.DropUnusedKeys(edited.Signed, edited.Signed["roles"]!.AsObject().Select(static named => named.Value));
        }
        else
        {
            JsonObject delegations = edited.Signed["delegations"]!.AsObject();
            DelegationChanges.AddKeys(delegations, add);
            DraftJson.DropUnusedKeys(delegations, delegations["succinct_roles"] is { } only ? [only] : delegations["roles"]!.AsArray());
        }

        // The files that the old keys signed may not be good any more; snapshot and timestamp are made anew with each publication.
        IEnumerable<string> affected = holder == RoleName.Root
            ? role == RoleName.Targets ? [role] : []
            : edited.Signed["delegations"]!["succinct_roles"] is JsonObject bins ? DraftJson.BinNames(bins) : [role];
        foreach (string name in affected)
            draft.Edit(name, now);
        draft.DelegationsChanged();
    }

    private static string? HolderOf(RepositoryDraft draft, string role) => RoleName.IsTopLevel(role)
        ? RoleName.Root
        : draft.Delegators().Where(delegator => DraftJson.FindDelegation(delegator.Delegations, role) is not null).Select(static delegator => delegator.Role).FirstOrDefault();

    private static JsonObject EntryOf(DraftRole holder, string role) => holder.Name == RoleName.Root
        ? holder.Signed["roles"]![role]!.AsObject()
        : DraftJson.FindDelegation(holder.Signed["delegations"]!.AsObject(), role)!;
}
