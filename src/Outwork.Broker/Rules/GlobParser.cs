using System.Text;

namespace Outwork.Broker.Rules;

/// <summary>
/// Parses path patterns. Braces are expanded first. The limits keep the cost of the worst pattern, for the parser and for each
/// match on the reactor thread, at some milliseconds.
/// </summary>
internal static class GlobParser
{
    internal const int MaxAlternatives = 64;
    private const int MaxBraces = 16;
    private const int MaxTokens = 4_096;

    /// <summary>The alternatives that the pattern's braces make; null with the fault.</summary>
    public static GlobToken[][]? Parse(string pattern, out string fault)
    {
        fault = pattern.Length switch
        {
            0 => "the pattern is empty",
            > Glob.MaxLength => $"the pattern is longer than {Glob.MaxLength} characters",
            _ when pattern.AsSpan().Count('{') > MaxBraces => $"the pattern has more than {MaxBraces} '{{'",
            _ => "",
        };
        if (fault.Length != 0) return null;
        var alternatives = new List<GlobToken[]>();
        foreach (string expanded in Expand(pattern, ref fault))
        {
            if (Tokenize(expanded, ref fault) is not { } tokens) return null;
            alternatives.Add(tokens);
        }
        if (fault.Length == 0 && alternatives.Sum(static a => a.Length) > MaxTokens) fault = $"the alternatives have more than {MaxTokens} characters together";
        return fault.Length == 0 ? [.. alternatives] : null;
    }

    private static GlobToken[]? Tokenize(string pattern, ref string fault)
    {
        var tokens = new List<GlobToken>();
        for (int i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    if (++i == pattern.Length) { fault = "nothing follows the last '\\'"; return null; }
                    tokens.Add(new GlobToken(GlobOp.Literal, pattern[i]));
                    break;
                case '*' when i + 1 < pattern.Length && pattern[i + 1] == '*':
                    i++;
                    bool isWholeComponent = i >= 2 && pattern[i - 2] == '/' && i + 1 < pattern.Length && pattern[i + 1] == '/';
                    if (isWholeComponent) tokens.Add(new GlobToken(GlobOp.Optional));
                    tokens.Add(new GlobToken(GlobOp.Any));
                    break;
                case '*':
                    tokens.Add(new GlobToken(GlobOp.Some));
                    break;
                case '?':
                    tokens.Add(new GlobToken(GlobOp.One));
                    break;
                case '[':
                    if (ClassAt(pattern, ref i, ref fault) is not { } token) return null;
                    tokens.Add(token);
                    break;
                default:
                    tokens.Add(new GlobToken(GlobOp.Literal, pattern[i]));
                    break;
            }
        }
        return [.. tokens];
    }

    // A ']' that comes first is meant as it is, as in POSIX. Leaves the position at the closing ']'.
    private static GlobToken? ClassAt(string pattern, ref int position, ref string fault)
    {
        int i = position + 1;
        bool isNegated = i < pattern.Length && pattern[i] is '!' or '^';
        if (isNegated) i++;
        var ranges = new StringBuilder();
        for (bool isFirst = true; ; isFirst = false)
        {
            if (i < pattern.Length && pattern[i] == ']' && !isFirst) break;
            if (!TryCharacter(pattern, ref i, out char first)) { fault = "'[' has no ']'"; return null; }
            char last = first;
            if (i + 1 < pattern.Length && pattern[i] == '-' && pattern[i + 1] != ']')
            {
                i++;
                if (!TryCharacter(pattern, ref i, out last)) { fault = "'[' has no ']'"; return null; }
            }
            if (last < first) { fault = $"the range '{first}-{last}' is backwards"; return null; }
            if (first == '/' || last == '/') { fault = "'[...]' never matches '/'"; return null; }
            ranges.Append(first).Append(last);
        }
        position = i;
        return new GlobToken(GlobOp.Class, '\0', ranges.ToString(), isNegated);
    }

    private static bool TryCharacter(string pattern, ref int i, out char character)
    {
        if (i < pattern.Length && pattern[i] == '\\') i++;
        character = i < pattern.Length ? pattern[i] : '\0';
        return i++ < pattern.Length;
    }

    private static List<string> Expand(string pattern, ref string fault)
    {
        int open = FindBrace(pattern);
        if (open < 0) return [pattern];
        int depth = 0, start = open + 1, close = -1;
        var parts = new List<string>();
        for (int i = open; i < pattern.Length && close < 0; i++)
        {
            if (pattern[i] == '\\') i++;
            else if (pattern[i] == '{') depth++;
            else if (pattern[i] == ',' && depth == 1) { parts.Add(pattern[start..i]); start = i + 1; }
            else if (pattern[i] == '}' && --depth == 0) { parts.Add(pattern[start..i]); close = i; }
        }
        if (close < 0) { fault = "'{' has no '}'"; return []; }
        var expanded = new List<string>();
        foreach (string part in parts)
        {
            expanded.AddRange(Expand(string.Concat(pattern.AsSpan(0, open), part, pattern.AsSpan(close + 1)), ref fault));
            if (fault.Length != 0) return [];
            if (expanded.Count > MaxAlternatives) { fault = $"the pattern has more than {MaxAlternatives} alternatives"; return []; }
        }
        return expanded;
    }

    private static int FindBrace(string pattern)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\') i++;
            else if (pattern[i] == '{') return i;
        }
        return -1;
    }
}
