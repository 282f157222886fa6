using Outwork.Contracts.Verdicts;
using Spectre.Console;

namespace Outwork.Cli.Output;

/// <summary>What colours mean.</summary>
internal static class Styles
{
    public static Style Heading { get; } = new(decoration: Decoration.Bold);

    public static Style Good { get; } = new(Color.Green);

    public static Style Warning { get; } = new(Color.Yellow);

    public static Style Bad { get; } = new(Color.Red, decoration: Decoration.Bold);

    public static Style Quiet { get; } = new(decoration: Decoration.Dim);

    /// <summary>The style of a decision; null for what is ordinary.</summary>
    public static Style? Of(DecisionRecord decision) => decision switch
    {
        { Verdict: Verdict.Deny, AheadOfNeed: true } => Warning,
        { Verdict: Verdict.Deny } => Bad,
        { Failure: not VerdictFailure.None } or { WouldBe: Verdict.Deny } => Warning,
        _ => null,
    };
}
