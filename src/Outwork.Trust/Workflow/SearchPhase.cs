using Outwork.Trust.Delegation;
using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Workflow;

/// <summary>Specification 5.6.7: asks the roles for a file, depth first and in order, each once.</summary>
internal sealed class SearchPhase(WorkflowContext context, string path)
{
    /// <summary>The file and the role that has it; null when refused.</summary>
    public FoundStep? Result { get; private set; }

    public IEnumerable<TrustStep> Steps()
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<(string Role, RoleKeys Keys, IReadOnlyDictionary<string, TrustKey> Known)>();
        if (Look(RoleName.Targets, context.Targets!, open))
            yield break;
        while (open.TryPop(out (string Role, RoleKeys Keys, IReadOnlyDictionary<string, TrustKey> Known) next))
        {
            if (!asked.Add(next.Role))
                continue;
            if (asked.Count > context.Limits.DelegatedRoles)
            {
                context.Refuse(TrustRefusalCode.TooManyRoles, next.Role, path, $"{context.Limits.DelegatedRoles} roles were asked and none has it");
                yield break;
            }

            var role = new TargetsPhase(context, next.Role, next.Keys, next.Known);
            foreach (TrustStep step in role.Steps())
                yield return step;
            if (role.Result is null || Look(next.Role, role.Result, open))
                yield break;
        }

        context.Refuse(TrustRefusalCode.TargetNotFound, "", path, "no trusted role has this file");
    }

    private bool Look(string role, TargetsMetadata targets, Stack<(string, RoleKeys, IReadOnlyDictionary<string, TrustKey>)> open)
    {
        if (targets.Targets.TryGetValue(path, out TargetFile? target))
        {
            if (target.Hashes.CanCheck)
                Result = new FoundStep(path, target, role, TargetName.FileOf(path, target, context.Root!.Content.ConsistentSnapshot));
            else
                context.Refuse(TrustRefusalCode.UnsupportedHash, role, path, "none of its digests is of a known algorithm");
            return true;
        }

        if (targets.Delegations is not { } delegations)
            return false;
        List<DelegatedRole> matching = DelegationMatch.RolesFor(delegations, path, out bool endsSearch);
        if (endsSearch)
            open.Clear();
        // The first of them is to be asked first, before its siblings and whatever was open.
        for (int i = matching.Count - 1; i >= 0; i--)
            open.Push((matching[i].Name, matching[i].Keys, delegations.Keys));
        return false;
    }
}
