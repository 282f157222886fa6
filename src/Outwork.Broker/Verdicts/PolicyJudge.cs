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

    /// <summary>How often each rule of the policy in force matched.</summary>
    public RuleHits Hits { get; private set; } = new(CompiledPolicy.AllowAll);

    public void Apply(CompiledPolicy policy)
    {
        (Policy, Hits) = (policy, new RuleHits(policy));
        Generation++;
    }

    public RuleDecision Evaluate(EventKind kind, in EventContext context)
    {
        var query = QueryOf(kind, context);
        var decision = Policy.Evaluate(query);
        return decision.DependsOnSubject && TryGetCurrentUser(context, query, out uint user) ? Policy.Evaluate(query.WithUser(user)) : decision;
    }

    /// <summary>Counts the rules that matched an event. Called once for each evaluation that was final.</summary>
    public void Count(EventKind kind, in EventContext context, in RuleDecision decision)
    {
        var query = QueryOf(kind, context);
        uint user = 0;
        bool isOther = Policy.HasObservedRules && decision.DependsOnSubject && TryGetCurrentUser(context, query, out user);
        Hits.Count(isOther ? query.WithUser(user) : query, decision);
    }

    private RuleQuery QueryOf(EventKind kind, in EventContext context) => new()
    {
        Kind = kind,
        Via = context.Via,
        Path = context.Path,
        IsPathClaimed = context.Facts.HasClaimedPath,
        Sha256 = context.Sha256,
        Owner = context.Facts.Owner,
        User = context.Subject?.UserId,
        Executable = context.Subject?.Executable,
        ParentExecutable = context.Subject is { } subject ? processes.Find(subject.ParentPid)?.Executable ?? "" : null,
    };

    // The table knows the user as of the last event; a rule that looks at it gets the user of this moment.
    private bool TryGetCurrentUser(in EventContext context, in RuleQuery query, out uint user)
    {
        user = 0;
        return context.Event.Pid != 0 && processes.TryGetUser(context.Event.Pid, out user) && user != query.User;
    }

    /// <summary>False for a verdict that a path decided which the next asker may reach otherwise, or not at all.</summary>
    public bool MayRemember(in FileFacts facts) => !facts.HasClaimedPath || !Policy.HasPathRules;

    /// <summary>
    /// True when an allowance of this content holds for everyone, however they use it, at any path and for any owner, until the
    /// content changes in a way that the operating system notices: then the system itself may let it through. Only for files
    /// that only the superuser can write, since a write through a mapping raises no event, and moving, linking or giving away a
    /// file changes no content. Not for one that was reached through a mount of others while the policy looks at paths: there it
    /// may have a path that it has nowhere else.
    /// </summary>
    public bool HoldsForEveryone(in FileFacts facts, string path) =>
        facts.IsSystemOwned && !(facts.IsForeign && Policy.HasPathRules) && !Policy.HasViaRules && !(Policy.HasOpenRules && Policy.MayConcernOpen(path));
}
