using System.Text;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;
using Outwork.Policy.Reading;

namespace Outwork.Policy;

/// <summary>Writes policies in one canonical form: keys in a fixed order, defaults left out, users by id.</summary>
public static class PolicyWriter
{
    /// <summary>The YAML text, with a final newline; reading it gives an equal document.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The document holds a value that the language has no word for.</exception>
    public static string Write(PolicyDocument document)
    {
        var text = new StringBuilder();
        text.Append($"version: {document.Version}\ndefault: {PolicyWords.Of(PolicyWords.Actions, document.Default)}\n");
        text.Append(document.Rules.Length == 0 ? "rules: []\n" : "rules:\n");
        foreach (var rule in document.Rules) WriteRule(text, rule);
        return text.ToString();
    }

    private static void WriteRule(StringBuilder text, PolicyRule rule)
    {
        text.Append($"  - id: {Quote(rule.Id)}\n");
        if (rule.Description.Length != 0) text.Append($"    description: {Quote(rule.Description)}\n");
        var match = new StringBuilder();
        WriteList(match, "kind", rule.Match.Kinds, static k => PolicyWords.Of(PolicyWords.Kinds, k));
        WriteList(match, "via", rule.Match.Via, static v => PolicyWords.Of(PolicyWords.Vias, v));
        WriteList(match, "path", rule.Match.Paths, Quote);
        WriteList(match, "sha256", rule.Match.Sha256, Quote);
        WriteList(match, "owner", rule.Match.Owners, static u => $"{u}");
        WriteList(match, "user", rule.Match.Users, static u => $"{u}");
        WriteList(match, "parent", rule.Match.Parents, Quote);
        if (match.Length != 0) text.Append("    match:\n").Append(match);
        text.Append(rule.Action == RuleAction.Ask
            ? $"    action:\n      ask: [{string.Join(", ", rule.Products.Select(Quote))}]\n"
            : $"    action: {PolicyWords.Of(PolicyWords.Actions, rule.Action)}\n");
        if (rule.Stage != RuleStage.Enforce) text.Append($"    stage: {PolicyWords.Of(PolicyWords.Stages, rule.Stage)}\n");
        if (rule.DeadlineMs != 2_000) text.Append($"    deadline: {(rule.DeadlineMs % 1_000 == 0 ? $"{rule.DeadlineMs / 1_000}s" : $"{rule.DeadlineMs}ms")}\n");
        if (rule.OnFailure != OnFailure.Open) text.Append($"    on-failure: {PolicyWords.Of(PolicyWords.Failures, rule.OnFailure)}\n");
    }

    private static void WriteList<T>(StringBuilder text, string key, T[] values, Func<T, string> format)
    {
        if (values.Length == 0) return;
        if (values.Length == 1)
        {
            text.Append($"      {key}: {format(values[0])}\n");
            return;
        }
        text.Append($"      {key}:\n");
        foreach (var value in values) text.Append("        - ").Append(format(value)).Append('\n');
    }

    // Plain where no reader of YAML can take it for anything but text, else in double quotes and ASCII.
    private static string Quote(string value)
    {
        bool isPlain = value.Length != 0 && value is not "null"
            && (char.IsAsciiLetterOrDigit(value[0]) || value[0] == '/')
            && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+' or '*' or '?');
        if (isPlain) return value;
        var quoted = new StringBuilder("\"");
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\') quoted.Append('\\').Append((char)rune.Value);
            else if (rune.Value is >= ' ' and <= '~') quoted.Append((char)rune.Value);
            else quoted.Append($"\\U{rune.Value:x8}");
        }
        return quoted.Append('"').ToString();
    }
}
