using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Rules;

/// <summary>What a policy says.</summary>
public readonly record struct RuleDecision
{
    /// <summary>The rule in force that decides; null when none matches and the default applies.</summary>
    public PolicyRule? Rule { get; init; }

    /// <summary>Position of <see cref="Rule"/> in the policy; means nothing when there is none.</summary>
    public int Position { get; init; }

    /// <summary>What happens.</summary>
    public RuleAction Action { get; init; }

    /// <summary>What the first audit rule before it would have answered; None when there was none, or it would have asked products.</summary>
    public Verdict WouldBe { get; init; }

    /// <summary>Id of that audit rule; null when there was none.</summary>
    public string? WouldBeRule { get; init; }

    /// <summary>
    /// True when a rule cannot be judged before the content's hash is known: nothing else here counts then, and the caller asks
    /// again with the hash.
    /// </summary>
    public bool NeedsHash { get; init; }

    /// <summary>
    /// True when a rule cannot be judged before more is known of the process that asks: the caller finds it out and asks again.
    /// All else here is what holds when it cannot be found out: a condition on what is not known does not match.
    /// </summary>
    public bool NeedsSubject { get; init; }

    /// <summary>
    /// True when another process might get another answer about the same file, or be reported where this one is not: a rule about
    /// the file, up to the one that decides and in whatever stage, looks at the user or the parent.
    /// </summary>
    public bool DependsOnSubject { get; init; }

    /// <summary>Products to ask.</summary>
    public ReadOnlySpan<string> Products => Rule is null ? [] : Rule.Products;

    /// <summary>What happens when judging fails.</summary>
    public OnFailure OnFailure => Rule?.OnFailure ?? OnFailure.Open;

    /// <summary>Time for products, ms.</summary>
    public int DeadlineMs => Rule?.DeadlineMs ?? 2_000;
}
