using Outwork.Broker.Processes;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Rules;

/// <summary>
/// A policy in the form in which it is evaluated. Immutable; one thread evaluates at a time. The first rule in force whose
/// conditions all hold decides. Made by <see cref="PolicyCompiler"/>.
/// </summary>
public sealed class CompiledPolicy
{
    private readonly CompiledRule[] _rules;
    private readonly int[] _unindexed;
    private readonly CompiledRule[] _hashOnlyExec, _hashOnlyOpen;
    private readonly RuleIndex _index;
    private readonly RuleAction _default;

    internal CompiledPolicy(CompiledRule[] rules, RuleIndex index, RuleAction byDefault)
    {
        (_rules, _index, _default) = (rules, index, byDefault);
        _unindexed = [.. rules.Where(static r => !r.HasPath && !r.HasHash).Select(static r => r.Index)];
        _hashOnlyExec = [.. rules.Where(static r => !r.HasPath && r.HasHash && r.Judges(EventKind.Exec))];
        _hashOnlyOpen = [.. rules.Where(static r => !r.HasPath && r.HasHash && r.Judges(EventKind.Open))];
        var enforced = rules.Where(static r => r.IsEnforced).ToArray();
        Products = [.. enforced.Where(static r => r.Rule.Action == RuleAction.Ask).SelectMany(static r => r.Rule.Products).Distinct(StringComparer.Ordinal)];
        HasOpenRules = Array.Exists(rules, static r => r.Judges(EventKind.Open));
        HasPathRules = Array.Exists(enforced, static r => r.HasPath);
        HasOwnerRules = Array.Exists(enforced, static r => r.Rule.Match.Owners.Length != 0);
        ReadFailure = Array.Exists(enforced, static r => r.Rule.OnFailure == OnFailure.Closed) ? OnFailure.Closed : OnFailure.Open;
        var memory = enforced.Where(static r => r.Rule.Match.Via.Contains(ExecVia.Memory) && r.Rule.Action == RuleAction.Deny).ToArray();
        MemoryExec = Array.Exists(memory, static r => r.Rule.Match.Users.Length == 0)
            ? MemoryExecPolicy.DenyAll
            : new MemoryExecPolicy { DeniedUsers = [.. memory.SelectMany(static r => r.Rule.Match.Users).Distinct()] };
    }

    /// <summary>Allows everything: what is in force before a policy comes.</summary>
    public static CompiledPolicy AllowAll { get; } = PolicyCompiler.Compile(new PolicyDocument());

    /// <summary>Number of rules.</summary>
    public int RuleCount => _rules.Length;

    /// <summary>Products that rules in force ask.</summary>
    public IReadOnlyList<string> Products { get; }

    /// <summary>True when any rule looks at opening files.</summary>
    public bool HasOpenRules { get; }

    /// <summary>True when a verdict may depend on the path, which a file can change without changing itself.</summary>
    public bool HasPathRules { get; }

    /// <summary>True when a verdict may depend on the owner, which a file can change without changing its content.</summary>
    public bool HasOwnerRules { get; }

    /// <summary>What happens when a file cannot be read: closed as soon as any rule in force fails closed.</summary>
    public OnFailure ReadFailure { get; }

    /// <summary>Who may not execute memory without a path.</summary>
    public MemoryExecPolicy MemoryExec { get; }

    /// <summary>Entries of the path index looked at by the last evaluation; a diagnostic for tests.</summary>
    internal int Visited => _index.Visited;

    /// <summary>Evaluates. Allocates nothing.</summary>
    public RuleDecision Evaluate(in RuleQuery query)
    {
        var search = new RuleSearch(_rules, query);
        _index.ForPath(query.Path, ref search);
        if (!query.Sha256.IsEmpty) _index.ForHash(query.Sha256, ref search);
        foreach (int rule in _unindexed)
        {
            if (!search.MayImprove(rule)) break;
            search.Consider(rule);
        }
        if (query.Sha256.IsEmpty)
        {
            foreach (var rule in query.Kind == EventKind.Open ? _hashOnlyOpen : _hashOnlyExec)
            {
                if (!search.MayImprove(rule.Index)) break;
                if (!rule.MatchesObject(query)) continue;
                search.AwaitHash(rule.Index);
                break;
            }
        }
        if (search.NeedsHash) return new RuleDecision { NeedsHash = true, DependsOnSubject = search.DependsOnSubject };
        var decider = search.Enforced == int.MaxValue ? null : _rules[search.Enforced].Rule;
        var observed = search.Observed < search.Enforced ? _rules[search.Observed].Rule : null;
        return new RuleDecision
        {
            Rule = decider,
            Action = decider?.Action ?? _default,
            WouldBe = observed?.Action switch { RuleAction.Allow => Verdict.Allow, RuleAction.Deny => Verdict.Deny, _ => Verdict.None },
            WouldBeRule = observed?.Id,
            DependsOnSubject = search.DependsOnSubject,
        };
    }
}
