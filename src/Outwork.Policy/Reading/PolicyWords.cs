using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Policy.Reading;

/// <summary>The words of the policy language and what they stand for; the reader and the writer share them.</summary>
internal static class PolicyWords
{
    public static readonly (string Word, EventKind Value)[] Kinds = [("exec", EventKind.Exec), ("open", EventKind.Open)];

    public static readonly (string Word, ExecVia Value)[] Vias =
    [
        ("direct", ExecVia.Direct), ("script", ExecVia.Script), ("loader", ExecVia.Loader), ("library", ExecVia.Library), ("memory", ExecVia.Memory),
    ];

    public static readonly (string Word, RuleAction Value)[] Actions = [("allow", RuleAction.Allow), ("deny", RuleAction.Deny)];

    public static readonly (string Word, RuleStage Value)[] Stages = [("shadow", RuleStage.Shadow), ("audit", RuleStage.Audit), ("enforce", RuleStage.Enforce)];

    public static readonly (string Word, OnFailure Value)[] Failures = [("open", OnFailure.Open), ("closed", OnFailure.Closed)];

    /// <summary>The word for a value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The language has no word for it.</exception>
    public static string Of<T>((string Word, T Value)[] words, T value)
        where T : struct, Enum
    {
        foreach (var (word, known) in words)
        {
            if (EqualityComparer<T>.Default.Equals(known, value)) return word;
        }
        throw new ArgumentOutOfRangeException(nameof(value), value, "The policy language has no word for it.");
    }
}
