using Outwork.Broker.Processes;
using Outwork.Broker.Rules;
using Outwork.Contracts.Events;

namespace Outwork.Broker.Verdicts;

/// <summary>The policy in force, and what follows from it for remembering verdicts. Reactor thread only.</summary>
internal sealed class PolicyJudge(IProcessDirectory processes)
{
    public CompiledPolicy Policy { get; private set; } = CompiledPolicy.AllowAll;

    /// <summary>Increases with each policy.</summary>
    public ulong Generation { get; private set; }

    public void Apply(CompiledPolicy policy)
    {
        Policy = policy;
        Generation++;
    }

    public RuleDecision Evaluate(EventKind kind, in EventContext context)
    {
        var query = new RuleQuery
        {
            Kind = kind,
            Via = context.Via,
            Path = context.Path,
            Sha256 = context.Sha256,
            Owner = context.Facts.Owner,
            User = context.Subject?.UserId,
            Executable = context.Subject?.Executable,
            ParentExecutable = context.Subject is { } subject ? processes.Find(subject.ParentPid)?.Executable : null,
        };
        var decision = Policy.Evaluate(query);
        if (!decision.DependsOnSubject || context.Event.Pid == 0) return decision;
        // The table knows the user as of the last event; a rule that looks at it gets the user of this moment.
        if (!processes.TryGetUser(context.Event.Pid, out uint user) || user == query.User) return decision;
        return Policy.Evaluate(query.WithUser(user));
    }

    /// <summary>
    /// True when a verdict about the content holds at any path and for any owner, or when only the superuser can change
    /// these: moving, linking or giving away a file changes no content, so a mark in the operating system survives it.
    /// </summary>
    public bool HoldsAnywhere(in FileFacts facts) =>
        !Policy.HasOpenRules && ((!Policy.HasPathRules && !Policy.HasOwnerRules) || facts.IsSystemOwned);
}
