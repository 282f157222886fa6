using Outwork.Contracts.Policy;

namespace Outwork.Broker.Rules;

/// <summary>
/// What the types of a policy document promise and a document that came over a socket need not keep: no member is null and every
/// enumeration has one of its values.
/// </summary>
internal static class PolicyShape
{
    /// <summary>Checks.</summary>
    /// <exception cref="ArgumentException">Something is missing or has no such value.</exception>
    public static void Check(PolicyDocument document)
    {
        if (document.Rules is null) throw new ArgumentException("The policy has null for its rules.");
        if (!Enum.IsDefined(document.Default)) throw new ArgumentException($"The policy's default has no such value: {(int)document.Default}.");
        for (int i = 0; i < document.Rules.Length; i++)
        {
            if (FaultOf(document.Rules[i]) is { } fault) throw new ArgumentException($"Rule {i + 1} {fault}.");
        }
    }

    private static string? FaultOf(PolicyRule? rule)
    {
        if (rule is null) return "is null";
        if (string.IsNullOrEmpty(rule.Id)) return "has no id";
        if (rule.Match is not { } match) return "has null for its conditions";
        if (HasNull(rule.Products)) return "has null among its products";
        if (match.Kinds is null || match.Via is null || match.Owners is null || match.Users is null) return "has null for a list of conditions";
        if (HasNull(match.Paths) || HasNull(match.Sha256) || HasNull(match.Parents)) return "has null among its conditions";
        return Enum.IsDefined(rule.Action) && Enum.IsDefined(rule.Stage) && Enum.IsDefined(rule.OnFailure) ? null : "has an action, stage or on-failure that does not exist";
    }

    private static bool HasNull(string?[]? values) => values is null || Array.Exists(values, static v => v is null);
}
