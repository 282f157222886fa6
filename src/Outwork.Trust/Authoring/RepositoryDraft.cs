using System.Text.Json.Nodes;
using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Authoring;

/// <summary>
/// A repository as its owner sees it: what is published, and beside it what is staged and not yet signed or published. Whatever is changed
/// is staged as the role's next version, without signatures.
/// </summary>
/// <remarks>Not thread-safe. Pure: reads no file and no clock.</remarks>
public sealed class RepositoryDraft
{
    /// <summary>Where a role says for how many days it is good from the day on which it is staged; a member that clients ignore.</summary>
    internal const string DaysMember = "x-outwork-days";

    private const int DaysUnlessSaid = 90;

    private readonly Dictionary<string, DraftRole> _published;
    private readonly Dictionary<string, DraftRole> _staged;

    // Roles that delegate; there may be thousands that do not.
    private List<string>? _delegators;

    /// <param name="published">Newest published files by role.</param>
    /// <param name="staged">Staged files by role.</param>
    public RepositoryDraft(IEnumerable<DraftRole> published, IEnumerable<DraftRole> staged)
    {
        _published = published.ToDictionary(static role => role.Name, StringComparer.Ordinal);
        _staged = staged.ToDictionary(static role => role.Name, StringComparer.Ordinal);
    }

    /// <summary>What is staged, by role.</summary>
    public IReadOnlyDictionary<string, DraftRole> Staged => _staged;

    /// <summary>What is published, by role.</summary>
    public IReadOnlyDictionary<string, DraftRole> Published => _published;

    /// <summary>A new repository: root and targets, staged.</summary>
    public static RepositoryDraft Create(RepositoryPlan plan, DateTimeOffset now)
    {
        var root = new JsonObject { ["consistent_snapshot"] = true, ["keys"] = new JsonObject(), ["roles"] = new JsonObject() };
        foreach ((string name, RolePlan role) in (IEnumerable<(string, RolePlan)>)
            [(RoleName.Root, plan.Root), (RoleName.Targets, plan.Targets), (RoleName.Snapshot, plan.Snapshot), (RoleName.Timestamp, plan.Timestamp)])
        {
            root["roles"]![name] = DraftJson.Role(role.Keys, role.Threshold, role.Days);
            foreach (TrustKey key in role.Keys)
                root["keys"]![key.Id] = PublicKeyFile.ToJson(key);
        }

        return new RepositoryDraft([],
        [
            DraftRole.Create(RoleName.Root, RoleName.Root, now.AddDays(plan.Root.Days), root),
            DraftRole.Create(RoleName.Targets, RoleName.Targets, now.AddDays(plan.Targets.Days), new JsonObject { ["targets"] = new JsonObject() }),
        ]);
    }

    /// <summary>The newest of a role, staged or published; null when there is no such role.</summary>
    public DraftRole? Find(string role) => _staged.GetValueOrDefault(role) ?? _published.GetValueOrDefault(role);

    /// <summary>Every targets role that is reached from the top, that one first: who is delegated to directly before who is delegated to by those.</summary>
    public IEnumerable<string> TargetsRoles()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { RoleName.Targets };
        var open = new Queue<string>(seen);
        while (open.TryDequeue(out string? role))
        {
            yield return role;
            foreach (string delegated in DraftJson.DelegatedNames(Find(role)?.Signed))
            {
                if (seen.Add(delegated))
                    open.Enqueue(delegated);
            }
        }
    }

    /// <summary>True when the staged roles delegate otherwise than the published ones: other roles may then be found in other ways, or not at all.</summary>
    public bool ChangesDelegations => _staged.Values.Any(role => !JsonNode.DeepEquals(role.Signed["delegations"], _published.GetValueOrDefault(role.Name)?.Signed["delegations"]));

    /// <summary>What is published, with nothing staged.</summary>
    public RepositoryDraft WithoutStaged() => new(_published.Values, []);

    /// <summary>Takes back what is staged of a role, and of those that only it delegates to.</summary>
    public DraftFault? Discard(string role)
    {
        if (!_staged.ContainsKey(role))
            return new DraftFault(DraftFaultCode.UnknownRole, $"nothing is staged of a role {role}", "See what is staged: outwork repo check");
        bool isTop = RoleName.IsTopLevel(role);
        if (!_published.ContainsKey(role) && (isTop || TargetsRoles().Contains(role, StringComparer.Ordinal)))
        {
            return new DraftFault(
                DraftFaultCode.NothingPublished, $"{role} was never published: without what is staged it would be missing",
                isTop ? "Sign and publish it first: outwork repo sign, outwork repo publish" : $"End the delegation instead: outwork repo delegate {role} --remove");
        }

        _staged.Remove(role);
        DelegationsChanged();
        return null;
    }

    /// <summary>
    /// Whose signatures a role needs, each of them: the root those of the root before it and its own; a delegated role those of everybody
    /// who delegates to it.
    /// </summary>
    public IReadOnlyList<SignerSet> SignersOf(string role)
    {
        DraftRole newest = Find(RoleName.Root)!;
        JsonObject root = newest.Signed;
        if (RoleName.IsTopLevel(role))
        {
            string saidBy = role != RoleName.Root ? RoleName.Root : _staged.ContainsKey(role) ? "the new root" : $"root {newest.Version}";
            SignerSet own = DraftJson.Signers(root["roles"]![role]!.AsObject(), root["keys"]!.AsObject(), saidBy);
            if (role != RoleName.Root || !_staged.ContainsKey(role) || !_published.TryGetValue(role, out DraftRole? before))
                return [own];
            return [DraftJson.Signers(before.Signed["roles"]![role]!.AsObject(), before.Signed["keys"]!.AsObject(), $"root {before.Version}"), own];
        }

        var sets = new List<SignerSet>();
        foreach ((string delegator, JsonObject delegations) in Delegators())
        {
            if (DraftJson.FindDelegation(delegations, role) is { } entry)
                sets.Add(DraftJson.Signers(entry, delegations["keys"]!.AsObject(), delegator));
        }

        return sets;
    }

    /// <summary>The roles that delegate, in the order of <see cref="TargetsRoles"/>.</summary>
    internal IEnumerable<(string Role, JsonObject Delegations)> Delegators()
    {
        _delegators ??= [.. TargetsRoles().Where(role => Find(role)?.Signed["delegations"] is JsonObject)];
        return _delegators.Select(role => (role, Find(role)!.Signed["delegations"]!.AsObject()));
    }

    /// <summary>Stages the next version of a role, if it is not staged already; signatures made before are dropped.</summary>
    internal DraftRole Edit(string role, DateTimeOffset now)
    {
        DateTimeOffset expires = now.AddDays(DaysOf(role));
        if (_staged.TryGetValue(role, out DraftRole? staged))
        {
            staged.Signatures.Clear();
            staged.SetExpiry(expires);
            return staged;
        }

        return _staged[role] = _published[role].Next(expires);
    }

    /// <summary>Stages a role that was not there.</summary>
    internal void Stage(DraftRole role) => _staged[role.Name] = role;

    /// <summary>To be called after delegations were changed: what nobody delegates to any more is not staged any more.</summary>
    internal void DelegationsChanged()
    {
        _delegators = null;
        HashSet<string> reached = [.. TargetsRoles()];
        foreach (string role in _staged.Keys.Where(role => !RoleName.IsTopLevel(role) && !reached.Contains(role)).ToArray())
            _staged.Remove(role);
    }

    /// <summary>For how many days a role is good from the day on which it is staged.</summary>
    public int DaysOf(string role)
    {
        JsonObject? entry = RoleName.IsTopLevel(role)
            ? Find(RoleName.Root)!.Signed["roles"]![role] as JsonObject
            : Delegators().Select(delegator => DraftJson.FindDelegation(delegator.Delegations, role)).FirstOrDefault(static found => found is not null);
        return entry?[DaysMember] is JsonValue days && days.TryGetValue(out int value) && value > 0 ? Math.Min(value, RolePlan.MostDays) : DaysUnlessSaid;
    }
}
