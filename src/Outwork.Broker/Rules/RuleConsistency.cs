using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Rules;

/// <summary>
/// What a rule must keep to so that it can be carried out. The policy reader says it with line and column; this is the broker's
/// own guard, since documents reach it over a socket.
/// </summary>
internal static class RuleConsistency
{
    private const int MinDeadlineMs = 1, MaxDeadlineMs = 60_000;

    /// <summary>Checks one rule.</summary>
    /// <exception cref="ArgumentException">It cannot be carried out.</exception>
    public static void Check(PolicyRule rule)
    {
        if (FaultOf(rule) is { } fault) throw new ArgumentException($"Rule '{rule.Id}': {fault}.");
    }

    private static string? FaultOf(PolicyRule rule)
    {
        const int most = VerdictEngineOptions.MaxProductsPerQuestion;
        var match = rule.Match;
        if (rule.Action == RuleAction.Ask && rule.Products.Length is 0 or > most) return $"it asks {rule.Products.Length} products; 1 to {most} can be asked";
        if (rule.DeadlineMs is < MinDeadlineMs or > MaxDeadlineMs) return $"its deadline is {rule.DeadlineMs} ms; {MinDeadlineMs} to {MaxDeadlineMs} are possible";
        if (Array.Exists(match.Kinds, static k => k is not (EventKind.Exec or EventKind.Open))) return "it names a kind of event that nobody asks about";
        if (Array.Exists(match.Via, static v => v is ExecVia.None or > ExecVia.Memory)) return "it names a way to run code that does not exist";
        if (!match.Via.Contains(ExecVia.Memory)) return null;
        // The operating system judges memory by itself, from a list of users.
        if (match.Paths.Length != 0 || match.Sha256.Length != 0 || match.Owners.Length != 0 || match.Parents.Length != 0)
            return "it is about memory and has a condition other than the user";
        return rule.Stage == RuleStage.Enforce && rule.Action != RuleAction.Deny ? "it is about memory and in force, so it can only deny" : null;
    }
}
