using System.Text.Json.Nodes;
using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Authoring;

/// <summary>Delegations come and go.</summary>
public static class DelegationChanges
{
    /// <summary>Most bits of bins that are made here: each bin is a file.</summary>
    public const int MostBits = 14;

    private const int LongestName = 100;

    /// <summary>Delegates paths to a new role, which is staged without files.</summary>
    /// <param name="draft">The repository.</param>
    /// <param name="delegator">Who delegates.</param>
    /// <param name="role">The new role.</param>
    /// <param name="paths">Patterns.</param>
    /// <param name="isTerminating">Nobody after it is asked for these paths.</param>
    /// <param name="signers">Who signs it.</param>
    /// <param name="now">For the expiry.</param>
    public static DraftFault? Add(RepositoryDraft draft, string delegator, string role, IReadOnlyList<string> paths, bool isTerminating, RolePlan signers, DateTimeOffset now)
    {
        if (Check(draft, delegator, role, signers) is { } fault)
            return fault;
        if (draft.SignersOf(role).Count > 0)
            return new DraftFault(DraftFaultCode.RoleExists, $"there is a role {role} already", "Take another name, or end its delegation first: outwork repo delegate --remove");
        if (draft.Find(delegator)!.Signed["delegations"] is JsonObject given && given["succinct_roles"] is not null)
            return new DraftFault(DraftFaultCode.MixedDelegations, $"{delegator} delegates to bins, which exclude roles", "Delegate from another role.");
        JsonObject delegations = Delegations(draft, delegator, now, static () => new JsonObject { ["keys"] = new JsonObject(), ["roles"] = new JsonArray() });
        JsonObject entry = DraftJson.Role(signers.Keys, signers.Threshold, signers.Days);
        entry["name"] = role;
        entry["terminating"] = isTerminating;
        entry["paths"] = new JsonArray([.. paths.Select(static path => (JsonNode)path)]);
        delegations["roles"]!.AsArray().Add(entry);
        AddKeys(delegations, signers.Keys);
        StageEmpty(draft, role, now.AddDays(signers.Days));
        draft.DelegationsChanged();
        return null;
    }

    /// <summary>Delegates everything to bins by the digest of the path (TAP 15); each of them is staged without files.</summary>
    public static DraftFault? AddBins(RepositoryDraft draft, string delegator, string prefix, int bits, RolePlan signers, DateTimeOffset now)
    {
        if (Check(draft, delegator, prefix, signers) is { } fault)
            return fault;
        if (bits is < 1 or > MostBits)
            return new DraftFault(DraftFaultCode.BadName, $"{bits} bits are not from 1 to {MostBits}", "Give --bins a number of bits, as 8 for 256 bins.");
        if (draft.Find(delegator)!.Signed["delegations"] is not null)
            return new DraftFault(DraftFaultCode.MixedDelegations, $"{delegator} delegates already", "Bins exclude every other delegation; delegate from another role.");
        JsonObject entry = DraftJson.Role(signers.Keys, signers.Threshold, signers.Days);
        entry["bit_length"] = bits;
        entry["name_prefix"] = prefix;
        if (DraftJson.BinNames(entry).FirstOrDefault(bin => draft.SignersOf(bin).Count > 0) is { } taken)
            return new DraftFault(DraftFaultCode.RoleExists, $"there is a role {taken} already", "Take another prefix.");
        JsonObject delegations = Delegations(draft, delegator, now, () => new JsonObject { ["keys"] = new JsonObject(), ["succinct_roles"] = entry });
        AddKeys(delegations, signers.Keys);
        foreach (string bin in DraftJson.BinNames(entry))
            StageEmpty(draft, bin, now.AddDays(signers.Days));
        draft.DelegationsChanged();
        return null;
    }

    /// <summary>Ends a delegation to a role, or by the prefix of their names to all bins. What is published stays named in the snapshot, as clients want it.</summary>
    public static DraftFault? Remove(RepositoryDraft draft, string role, DateTimeOffset now)
    {
        string[] delegators = [.. draft.Delegators().Where(delegator => IsTo(delegator.Delegations, role)).Select(static delegator => delegator.Role)];
        if (delegators.Length == 0)
            return new DraftFault(DraftFaultCode.UnknownRole, $"nobody delegates to a role {role}", "See which there are: outwork repo key list; of bins give what their names begin with.");
        foreach (string delegator in delegators)
        {
            JsonObject signed = draft.Edit(delegator, now).Signed;
            JsonObject delegations = signed["delegations"]!.AsObject();
            if (delegations["roles"] is JsonArray roles)
            {
                roles.Remove(DraftJson.FindDelegation(delegations, role));
                DraftJson.DropUnusedKeys(delegations, roles);
            }

            // Bins stand alone.
            if (delegations["roles"] is not JsonArray { Count: > 0 })
                signed.Remove("delegations");
        }

        draft.DelegationsChanged();
        return null;
    }

    internal static void AddKeys(JsonObject holder, IEnumerable<TrustKey> keys)
    {
        foreach (TrustKey key in keys)
            holder["keys"]![key.Id] = PublicKeyFile.ToJson(key);
    }

    private static bool IsTo(JsonObject delegations, string role) => delegations["succinct_roles"] is JsonObject bins
        ? (string?)bins["name_prefix"] == role
        : DraftJson.FindDelegation(delegations, role) is not null;

    private static DraftFault? Check(RepositoryDraft draft, string delegator, string role, RolePlan signers)
    {
        if (!draft.TargetsRoles().Contains(delegator, StringComparer.Ordinal) || draft.Find(delegator) is null)
            return new DraftFault(DraftFaultCode.UnknownRole, $"there is no role {delegator} that could delegate", "It is targets, or one that is delegated to; see which there are: outwork repo check");
        // What is a file's name on every web server and in every address as it stands.
        if (RoleName.IsTopLevel(role) || role.Length is 0 or > LongestName || !char.IsAsciiLetterOrDigit(role[0])
            || !role.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.'))
            return new DraftFault(DraftFaultCode.BadName, $"{role} is no name for a role", "Letters, digits, - _ and ., the first a letter or a digit; none of root, timestamp, snapshot, targets.");
        int different = signers.Keys.Select(static key => key.Id).Distinct(StringComparer.Ordinal).Count();
        return signers.Threshold < 1 || signers.Threshold > different
            ? new DraftFault(DraftFaultCode.BadThreshold, $"{signers.Threshold} of {different} keys is no threshold", "Give --threshold, or more keys.")
            : null;
    }

    private static JsonObject Delegations(RepositoryDraft draft, string delegator, DateTimeOffset now, Func<JsonObject> create)
    {
        JsonObject signed = draft.Edit(delegator, now).Signed;
        if (signed["delegations"] is not JsonObject)
            signed["delegations"] = create();
        return signed["delegations"]!.AsObject();
    }

    private static void StageEmpty(RepositoryDraft draft, string role, DateTimeOffset expires)
    {
        // One that was there before goes on from its last version: an older one would be a rollback.
        DraftRole staged = draft.Published.TryGetValue(role, out DraftRole? before) ? before.Next(expires) : DraftRole.Create(role, RoleName.Targets, expires, []);
        staged.Signed["targets"] = new JsonObject();
        staged.Signed.Remove("delegations");
        draft.Stage(staged);
    }
}
