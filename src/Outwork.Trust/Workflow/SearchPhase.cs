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
        var order = new SearchOrder(path);
        if (Look(RoleName.Targets, context.Targets!, order))
            yield break;
        while (order.TryNext(out DelegatedRole next, out IReadOnlyDictionary<string, TrustKey> known))
        {
            if (order.Asked > context.Limits.DelegatedRoles)
            {
                context.Refuse(TrustRefusalCode.TooManyRoles, next.Name, path, $"{context.Limits.DelegatedRoles} roles were asked and none has it");
                yield break;
            }

            var role = new TargetsPhase(context, next.Name, next.Keys, known);
            foreach (TrustStep step in role.Steps())
                yield return step;
            if (role.Result is null || Look(next.Name, role.Result, order))
                yield break;
        }

        context.Refuse(TrustRefusalCode.TargetNotFound, "", path, "no trusted role has this file");
    }

    private bool Look(string role, TargetsMetadata targets, SearchOrder order)
    {
        if (targets.Targets.TryGetValue(path, out TargetFile? target))
        {
            if (target.Hashes.CanCheck)
                Result = new FoundStep(path, target, role, TargetName.FileOf(path, target, context.Root!.Content.ConsistentSnapshot));
            else
                context.Refuse(TrustRefusalCode.UnsupportedHash, role, path, "none of its digests is of a known algorithm");
            return true;
        }

        order.Enter(targets.Delegations);
        return false;
    }
}
