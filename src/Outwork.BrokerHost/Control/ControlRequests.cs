using Outwork.Broker.Processes;
using Outwork.Broker.Rules;
using Outwork.Broker.Verdicts;
using Outwork.BrokerHost.Reactor;
using Outwork.BrokerHost.Status;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;

namespace Outwork.BrokerHost.Control;

/// <summary>What the agent may ask of the broker. Called on the control thread.</summary>
internal sealed class ControlRequests(ReactorInbox reactor, BrokerCore core, StatusBuilder status)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Called on the reactor when a policy came into force.</summary>
    public Action<CompiledPolicy>? PolicyApplied { get; init; }

    /// <summary>Answers one request; never throws for what is in it.</summary>
    public ControlResponse Handle(ControlRequest request) => request.Operation switch
    {
        "status" => reactor.Ask(status.Build, Patience) is { } snapshot ? new() { Ok = true, Status = snapshot } : Busy(),
        "explain" => Explain(request.DecisionId),
        "decisions" => LatestDecisions.Of(core.Engine.Journal.Ring, request.Count <= 0 ? 20 : request.Count),
        "policy-apply" => Apply(request),
        _ => new() { Ok = false, Code = "bad-request", Error = $"The broker does not know the operation '{request.Operation}'." },
    };

    private ControlResponse Explain(ulong id)
    {
        if (core.Engine.Journal.Ring.Find(id) is not { } record)
        {
            var ring = core.Engine.Journal.Ring;
            ulong first = ring.LastId > (ulong)ring.Capacity ? ring.LastId - (ulong)ring.Capacity + 1 : 1;
            string kept = ring.LastId == 0 ? "No decision has been recorded yet." : $"The latest {ring.Capacity} decisions are kept: {first} to {ring.LastId}.";
            return new() { Ok = false, Code = "not-found", Error = $"There is no decision {id}. {kept}" };
        }
        var ancestry = reactor.Ask(() => core.Ancestry(record.ProcessId), Patience);
        return new() { Ok = true, Decisions = [record], Ancestry = ancestry };
    }

    private ControlResponse Apply(ControlRequest request)
    {
        if (request.Policy is null) return new() { Ok = false, Code = "bad-request", Error = "policy-apply carries no policy." };
        CompiledPolicy compiled;
        try
        {
            compiled = PolicyCompiler.Compile(request.Policy);
        }
        catch (ArgumentException e)
        {
            return new() { Ok = false, Code = "policy-invalid", Error = e.Message };
        }
        var response = reactor.Ask(
            () =>
            {
                ulong applied = core.ApplyPolicy(compiled, request.PolicySource ?? "unnamed");
                PolicyApplied?.Invoke(compiled);
                return new ControlResponse { Ok = true, PolicyGeneration = applied, NotSubscribed = core.NotSubscribed(compiled) };
            },
            Patience);
        return response ?? Busy();
    }

    private static ControlResponse Busy() =>
        new() { Ok = false, Code = "broker-unavailable", Error = "The broker did not answer within 5 s. See its line in: outwork status" };
}
