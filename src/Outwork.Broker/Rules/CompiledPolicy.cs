using Outwork.Broker.Processes;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Rules;

/// <summary>
/// A policy in the form in which it is evaluated. Immutable, any thread. The first rule in force whose conditions all hold
/// decides. Made by <see cref="PolicyCompiler"/>.
/// </summary>
public sealed class CompiledPolicy
{
    private readonly CompiledRule[] _rules;
    private readonly RuleIndex _enforced, _observed;
    private readonly RuleAction _default;
    private readonly OpenRulePaths _openPaths;

    internal CompiledPolicy(CompiledRule[] rules, RuleAction byDefault, MemoryExecPolicy memoryExec)
    {
        (_rules, _default, MemoryExec) = (rules, byDefault, memoryExec);
        var enforced = rules.Where(static r => r.IsEnforced).ToArray();
        _enforced = new RuleIndex(enforced);
        _observed = new RuleIndex(rules.Where(static r => !r.IsEnforced));
        HasObservedRules = Array.Exists(rules, static r => !r.IsEnforced);
        _openPaths = new OpenRulePaths(rules);
        Products = [.. enforced.Where(static r => r.Rule.Action == RuleAction.Ask).SelectMany(static r => r.Rule.Products).Distinct(StringComparer.Ordinal)];
        HasPathRules = Array.Exists(rules, static r => r.HasPath);
        HasViaRules = Array.Exists(rules, static r => r.DistinguishesVia);
        ReadFailure = Array.Exists(enforced, static r => r.Rule.OnFailure == OnFailure.Closed) ? OnFailure.Closed : OnFailure.Open;
    }

    /// <summary>Allows everything: what is in force before a policy comes.</summary>
    public static CompiledPolicy AllowAll { get; } = PolicyCompiler.Compile(new PolicyDocument());

    /// <summary>Stands for what the policy says: the same for the same document.</summary>
    public ulong Print { get; internal init; }

    /// <summary>Number of rules.</summary>
    public int RuleCount => _rules.Length;

    /// <summary>Products that rules in force ask.</summary>
    public IReadOnlyList<string> Products { get; }

    /// <summary>True when any rule is in shadow or audit.</summary>
    public bool HasObservedRules { get; }

    /// <summary>True when any rule, in whatever stage, looks at opening files.</summary>
    public bool HasOpenRules => !_openPaths.IsEmpty;

    /// <summary>True when what is said may depend on the path, which a file can change without changing itself.</summary>
    public bool HasPathRules { get; }

    /// <summary>True when a rule tells ways of execution apart, so that a verdict about one of them says nothing about another.</summary>
    public bool HasViaRules { get; }

    /// <summary>What happens when a file cannot be read: closed as soon as any rule in force fails closed.</summary>
    public OnFailure ReadFailure { get; }

    /// <summary>Who may not execute memory without a path: what <see cref="Evaluate"/> says of it, as a list.</summary>
    public MemoryExecPolicy MemoryExec { get; }

    /// <summary>True when a rule about opening files may apply to a file at this path.</summary>
    public bool MayConcernOpen(string path) => _openPaths.Contains(path);

    /// <summary>The rule at a position.</summary>
    public PolicyRule RuleAt(int position) => _rules[position].Rule;

    /// <summary>Entries of the indexes looked at by the last evaluation: a measure of cost that no clock disturbs, for tests of one thread.</summary>
    internal int Visited { get; private set; }

    /// <summary>Evaluates. Allocates nothing.</summary>
    public RuleDecision Evaluate(in RuleQuery query)
    {
        var enforced = new RuleSearch(_rules, query, int.MaxValue, wantsAll: false);
        _enforced.Search(query.Path, query.Sha256, ref enforced);
        int decider = enforced.First;
        var observed = new RuleSearch(_rules, query, decider, wantsAll: true);
        if (HasObservedRules) _observed.Search(query.Path, query.Sha256, ref observed);
        Visited = enforced.Visited + observed.Visited;
        var rule = decider == int.MaxValue ? null : _rules[decider].Rule;
        var audit = observed.FirstAudit == decider ? null : _rules[observed.FirstAudit].Rule;
        return new RuleDecision
        {
            Rule = rule,
            Position = decider,
            // Memory cannot be held back for an answer: only a rule that names it denies it, never the default.
            Action = rule?.Action ?? (query.Via == ExecVia.Memory ? RuleAction.Allow : _default),
            WouldBe = audit?.Action switch { RuleAction.Allow => Verdict.Allow, RuleAction.Deny => Verdict.Deny, _ => Verdict.None },
            WouldBeRule = audit?.Id,
            NeedsHash = Math.Min(enforced.AwaitsHash, observed.AwaitsHash) < decider,
            NeedsSubject = Math.Min(enforced.AwaitsSubject, observed.AwaitsSubject) < decider,
            DependsOnSubject = Math.Min(enforced.LooksAtSubject, observed.LooksAtSubject) is var subject and not int.MaxValue && subject <= decider,
        };
    }

    /// <summary>Counts the rules in shadow and audit that matched before the one that decided.</summary>
    internal void CountObserved(in RuleQuery query, in RuleDecision decision, RuleHits hits)
    {
        if (!HasObservedRules) return;
        var search = new RuleSearch(_rules, query, decision.Position, wantsAll: true, hits);
        _observed.Search(query.Path, query.Sha256, ref search);
    }
}
