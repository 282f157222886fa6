using Outwork.Agent.Broker;
using Outwork.Agent.Policy;
using Outwork.Agent.Updates;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Control;

/// <summary>Answers every request but watch.</summary>
internal sealed class ControlRequests(IBrokerLink broker, PolicyApplication policies, AgentCounters counters)
{
    private const int DefaultDecisions = 50;

    /// <summary>Answers about content; gives null when no repository is followed, or while the store of content cannot be opened.</summary>
    public Func<ContentRequests?> Contents { get; init; } = static () => null;

    /// <summary>Answers one request.</summary>
    public async Task<ControlResponse> HandleAsync(ControlRequest request, CancellationToken cancellation)
    {
        switch (request.Operation)
        {
            case ControlOperations.Status:
                ControlResponse response = await broker.SendAsync(new ControlRequest { Operation = ControlOperations.Status }, cancellation);
                return response.Status is { } status
                    ? response with { Status = status with { Counters = [.. status.Counters, .. counters.Snapshot()] } }
                    : response;
            case ControlOperations.Explain:
                return await broker.SendAsync(
                    new ControlRequest { Operation = ControlOperations.Explain, DecisionId = request.DecisionId }, cancellation);
            case ControlOperations.Decisions:
                int count = request.Count <= 0 ? DefaultDecisions : Math.Min(request.Count, ControlLimits.MaximumDecisions);
                return await broker.SendAsync(new ControlRequest { Operation = ControlOperations.Decisions, Count = count }, cancellation);
            case ControlOperations.PolicyShow:
                return policies.Show();
            case ControlOperations.PolicyApply when request.PolicyText is { } text:
                return await policies.ApplyAsync(new PolicyText(text, PolicyStore.Source), cancellation);
            case ControlOperations.PolicyApply:
                return Refused("policy-apply needs policyText, the policy's YAML.");
            default:
                return await HandleContentAsync(request, cancellation) ?? Refused($"'{request.Operation}' is no operation.");
        }
    }

    private async Task<ControlResponse?> HandleContentAsync(ControlRequest request, CancellationToken cancellation)
    {
        if (Contents() is { } contents)
            return await contents.HandleAsync(request, cancellation);
        return request.Operation.StartsWith("content-", StringComparison.Ordinal) ? ContentRequests.UpdatesOff() : null;
    }

    private ControlResponse Refused(string error)
    {
        counters.Add(AgentCounter.ControlMalformed);
        return new ControlResponse { Ok = false, Code = ControlCodes.BadRequest, Error = error };
    }
}
