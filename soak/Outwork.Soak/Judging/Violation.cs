namespace Outwork.Soak.Judging;

/// <summary>An invariant that did not hold.</summary>
/// <param name="Invariant">Which.</param>
/// <param name="AtSeconds">Since the soak's beginning.</param>
/// <param name="What">What was seen, and what should have been.</param>
/// <param name="LastFaults">The latest faults before it, the newest last, each with its time.</param>
internal sealed record Violation(Invariant Invariant, double AtSeconds, string What, IReadOnlyList<string> LastFaults);
