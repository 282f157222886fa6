using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Sdk.Testing;

/// <summary>How a question ended.</summary>
/// <param name="Failure">
/// None when the product answered; DeadlineMissed when the clock passed the deadline first; ProductCrashed when it threw or
/// said that it could not judge, so that the rule's on-failure would have applied.
/// </param>
/// <param name="Reply">The product's answer as the broker decoded it; its default after a missed deadline.</param>
public sealed record AskOutcome(VerdictFailure Failure, AuthReply Reply)
{
    /// <summary>What the product said; None when it did not.</summary>
    public Verdict Verdict => Reply.Verdict;

    /// <summary>Why, in the product's words.</summary>
    public string Reason => Reply.Reason ?? "";
}
