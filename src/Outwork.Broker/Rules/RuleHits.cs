namespace Outwork.Broker.Rules;

/// <summary>
/// Counts how often each rule of one policy matched a decision: the one that decided, and those in shadow and audit before it.
/// A verdict that is remembered is not evaluated again, so these are decisions, not events. One thread counts; any may read.
/// </summary>
public sealed class RuleHits
{
    private readonly CompiledPolicy _policy;
    private readonly long[] _counts;
    // The decision that a rule was last counted for: two of its paths may match.
    private readonly long[] _countedFor;
    private long _decisions;

    /// <summary>Starts at 0 for every rule.</summary>
    public RuleHits(CompiledPolicy policy) =>
        (_policy, _counts, _countedFor) = (policy, new long[policy.RuleCount], new long[policy.RuleCount]);

    /// <summary>Number of decisions counted.</summary>
    public long Decisions => Volatile.Read(ref _decisions);

    /// <summary>How often the rule at a position matched.</summary>
    public long this[int rule] => Volatile.Read(ref _counts[rule]);

    /// <summary>Counts one decision. Allocates nothing.</summary>
    /// <param name="query">What was asked, with everything that the decision was made from.</param>
    /// <param name="decision">What <see cref="CompiledPolicy.Evaluate"/> of the same policy said.</param>
    public void Count(in RuleQuery query, in RuleDecision decision)
    {
        Volatile.Write(ref _decisions, _decisions + 1);
        _policy.CountObserved(query, decision, this);
        if (decision.Rule is not null) CountOnce(decision.Position);
    }

    /// <summary>The rules that matched at least once, in their order.</summary>
    public IEnumerable<(string Rule, long Count)> Snapshot()
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            if (this[i] is var count and > 0) yield return (_policy.RuleAt(i).Id, count);
        }
    }

    internal void CountOnce(int rule)
    {
        if (_countedFor[rule] == _decisions) return;
        _countedFor[rule] = _decisions;
        Volatile.Write(ref _counts[rule], _counts[rule] + 1);
    }
}
