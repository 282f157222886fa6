namespace Outwork.Broker.Rules;

/// <summary>
/// The state of one pass over one index: the earliest rule found so far, and what earlier rules wait for. Rules are offered in any
/// order and more than once; every answer is a minimum, so the order does not matter.
/// </summary>
/// <param name="rules">All rules of the policy, by position.</param>
/// <param name="query">What is asked.</param>
/// <param name="limit">Rules from this position on come too late.</param>
/// <param name="wantsAll">True to look at all rules that match before the limit and not only for the first.</param>
/// <param name="hits">Where each rule that matches is counted, if anywhere.</param>
internal ref struct RuleSearch(CompiledRule[] rules, in RuleQuery query, int limit, bool wantsAll, RuleHits? hits = null)
{
    private readonly RuleQuery _query = query;
    private readonly int _limit = limit;

    /// <summary>Earliest rule that matches; the limit when there is none before it.</summary>
    public int First { get; private set; } = limit;

    /// <summary>Earliest rule in the stage of audit that matches.</summary>
    public int FirstAudit { get; private set; } = limit;

    /// <summary>Earliest rule that cannot be judged without the hash.</summary>
    public int AwaitsHash { get; private set; } = int.MaxValue;

    /// <summary>Earliest rule that cannot be judged without knowing more of the process that asks.</summary>
    public int AwaitsSubject { get; private set; } = int.MaxValue;

    /// <summary>Earliest rule about this file that looks at the process that asks, whether it matches or not.</summary>
    public int LooksAtSubject { get; private set; } = int.MaxValue;

    /// <summary>Entries looked at: a measure of cost for tests that no clock disturbs.</summary>
    public int Visited { get; set; }

    /// <summary>False when the rule comes too late to matter.</summary>
    public readonly bool MayMatter(int rule) => rule < (wantsAll ? _limit : First);

    /// <summary>True when kind, way and owner match.</summary>
    public readonly bool IsAbout(int rule) => rules[rule].IsAbout(_query);

    /// <summary>Looks at a rule whose path or hash, if it is found by them, matches.</summary>
    public void Consider(int index)
    {
        if (!MayMatter(index)) return;
        var rule = rules[index];
        if (!rule.IsAbout(_query) || (_query.IsPathClaimed && rule.TrustsPath)) return;
        if (rule.HasHash)
        {
            if (_query.Sha256.IsEmpty)
            {
                AwaitsHash = Math.Min(AwaitsHash, index);
                return;
            }
            if (!rule.MatchesHash(_query.Sha256)) return;
        }
        if (rule.HasSubject) LooksAtSubject = Math.Min(LooksAtSubject, index);
        bool? matches = rule.MatchesSubject(_query);
        if (matches is null) AwaitsSubject = Math.Min(AwaitsSubject, index);
        if (matches is not true) return;
        First = Math.Min(First, index);
        if (rule.Rule.Stage == Contracts.Verdicts.RuleStage.Audit) FirstAudit = Math.Min(FirstAudit, index);
        hits?.CountOnce(index);
    }
}
