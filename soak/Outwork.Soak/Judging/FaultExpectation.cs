using Outwork.Soak.Observed;
using Outwork.Soak.Planning;

namespace Outwork.Soak.Judging;

/// <summary>What has to be seen before a fault is over.</summary>
/// <param name="Rule">A denial by rule.</param>
/// <param name="Product">A denial by the product.</param>
/// <param name="Agent">An answer of the agent.</param>
internal sealed record FaultExpectation(bool Rule, bool Product, bool Agent)
{
    /// <summary>Of a kind.</summary>
    public static FaultExpectation Of(FaultKind kind)
    {
        FaultReach reach = FaultTraits.Of(kind).Reach;
        bool agent = kind is FaultKind.KillAgent or FaultKind.KillSeveral or FaultKind.StopAgent or FaultKind.StarveAgentDescriptors
            or FaultKind.StarveAgentMemory or FaultKind.KillWarden;
        return new FaultExpectation(reach == FaultReach.Broker, reach != FaultReach.Nobody, agent);
    }

    /// <summary>The roles whose process must be another one afterwards.</summary>
    public static IReadOnlyList<string> Renewed(FaultKind kind) => kind switch
    {
        FaultKind.KillProduct => [ProcessRoles.Product],
        FaultKind.KillAgent => [ProcessRoles.Agent],
        FaultKind.KillBroker or FaultKind.StopBroker => [ProcessRoles.Broker],
        FaultKind.KillWarden => [ProcessRoles.Warden, ProcessRoles.Broker, ProcessRoles.Product, ProcessRoles.Agent],
        FaultKind.KillSeveral => [ProcessRoles.Product, ProcessRoles.Agent],
        _ => [],
    };
}
