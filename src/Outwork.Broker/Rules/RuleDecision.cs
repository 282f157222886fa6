using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Rules;

/// <summary>What a policy says.</summary>
public readonly record struct RuleDecision
{
    /// <summary>The rule in force that decides; null when none matches and the default applies.</summary>
    public PolicyRule? Rule { get; init; }

    /// <summary>What happens.</summary>
    public RuleAction Action { get; init; }

    /// <summary>What the first audit or shadow rule before it would have answered; None when there was none, or it would ask.</summary>
    public Verdict WouldBe { get; init; }

    /// <summary>Id of that rule.</summary>
    public string? WouldBeRule { get; init; }

    /// <summary>True when a rule cannot be judged before the content's hash is known: nothing else here counts then.</summary>
    public bool NeedsHash { get; init; }

    /// <summary>True when another process might get another answer about the same file.</summary>
    public bool DependsOnSubject { get; init; }

    /// <summary>Products to ask.</summary>
    public ReadOnlySpan<string> Products => Rule is null ? [] : Rule.Products;

    /// <summary>What happens when judging fails.</summary>
    public OnFailure OnFailure => Rule?.OnFailure ?? OnFailure.Open;

    /// <summary>Time for products, ms.</summary>
    public int DeadlineMs => Rule?.DeadlineMs ?? 2_000;
}
