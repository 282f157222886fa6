namespace Outwork.Broker.Rules;

/// <summary>The state of one evaluation: the earliest rule in force found so far, and what was seen before it.</summary>
internal ref struct RuleSearch(CompiledRule[] rules, in RuleQuery query)
{
    private readonly RuleQuery _query = query;
    private int _subjectRule = int.MaxValue, _hashRule = int.MaxValue;

    /// <summary>Earliest rule in force that matches.</summary>
    public int Enforced { get; private set; } = int.MaxValue;

    /// <summary>Earliest rule in shadow or audit that matches.</summary>
    public int Observed { get; private set; } = int.MaxValue;

    /// <summary>True when a rule that would come first waits for the hash.</summary>
    public readonly bool NeedsHash => _hashRule < Enforced;

    /// <summary>True when a rule that comes first, or is the one, looks at the process that asks.</summary>
    public readonly bool DependsOnSubject => _subjectRule != int.MaxValue && _subjectRule <= Enforced;

    /// <summary>False when the rule comes too late to matter.</summary>
    public readonly bool MayImprove(int rule) => rule < Enforced;

    /// <summary>Looks at a rule whose path condition, if it has one, is met.</summary>
    public void Consider(int index)
    {
        if (index > Enforced) return;
        var rule = rules[index];
        if (!rule.MatchesObject(_query)) return;
        if (rule.HasHash)
        {
            if (_query.Sha256.IsEmpty)
            {
                _hashRule = Math.Min(_hashRule, index);
                return;
            }
            if (!rule.MatchesHash(_query.Sha256)) return;
        }
        if (rule.HasSubject && rule.IsEnforced) _subjectRule = Math.Min(_subjectRule, index);
        if (!rule.MatchesSubject(_query)) return;
        if (rule.IsEnforced) Enforced = Math.Min(Enforced, index);
        else Observed = Math.Min(Observed, index);
    }

    /// <summary>A rule with only a hash condition exists at this position, and the hash is not known.</summary>
    public void AwaitHash(int index) => _hashRule = Math.Min(_hashRule, index);
}
