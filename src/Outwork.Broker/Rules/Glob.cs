namespace Outwork.Broker.Rules;

/// <summary>
/// A path pattern: <c>*</c> and <c>?</c> within a component, <c>**</c> across components, <c>[a-z]</c> and <c>[!a-z]</c>,
/// <c>{a,b}</c>, and <c>\</c> before a character that is meant as it is. Matching is a simulation of the pattern's automaton over one
/// set of states, so its time is the product of the lengths at worst: no pattern makes it explode. Immutable, any thread.
/// </summary>
public sealed class Glob
{
    private const int MaxAlternatives = 64;
    private readonly Token[][] _alternatives;

    private enum Op : byte { Literal, One, Some, Any, Class }

    private readonly record struct Token(Op Op, char Character, string Ranges, bool Negated);

    private Glob(string pattern, Token[][] alternatives, string literalPrefix, bool isLiteral) =>
        (Pattern, _alternatives, LiteralPrefix, IsLiteral) = (pattern, alternatives, literalPrefix, isLiteral);

    /// <summary>The pattern as written.</summary>
    public string Pattern { get; }

    /// <summary>Every match begins with this text.</summary>
    public string LiteralPrefix { get; }

    /// <summary>True when it matches <see cref="LiteralPrefix"/> and nothing else.</summary>
    public bool IsLiteral { get; }

    /// <summary>Parses a pattern; the fault says what is wrong with it.</summary>
    public static Glob? TryParse(string pattern, out string fault)
    {
        fault = "";
        var alternatives = new List<Token[]>();
        foreach (string expanded in Expand(pattern, out fault))
        {
            if (Tokenize(expanded, out fault) is not { } tokens) return null;
            alternatives.Add(tokens);
        }
        if (fault.Length != 0) return null;
        string prefix = PrefixOf(alternatives[0]);
        foreach (var tokens in alternatives) prefix = Common(prefix, PrefixOf(tokens));
        bool isLiteral = alternatives.Count == 1 && Array.TrueForAll(alternatives[0], static t => t.Op == Op.Literal);
        return new Glob(pattern, [.. alternatives], prefix, isLiteral);
    }

    /// <summary>True when the whole text matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith(LiteralPrefix, StringComparison.Ordinal)) return false;
        if (IsLiteral) return text.Length == LiteralPrefix.Length;
        foreach (var tokens in _alternatives)
        {
            if (Matches(tokens, text)) return true;
        }
        return false;
    }

    private static bool Matches(Token[] tokens, ReadOnlySpan<char> text)
    {
        Span<ulong> states = stackalloc ulong[(tokens.Length >> 6) + 1];
        Span<ulong> next = stackalloc ulong[states.Length];
        Set(states, 0, tokens);
        foreach (char c in text)
        {
            next.Clear();
            for (int i = 0; i < tokens.Length; i++)
            {
                if ((states[i >> 6] & (1UL << i)) == 0) continue;
                ref readonly Token token = ref tokens[i];
                if (token.Op is Op.Some or Op.Any)
                {
                    if (token.Op == Op.Any || c != '/') Set(next, i, tokens);
                }
                else if (Accepts(token, c)) Set(next, i + 1, tokens);
            }
            next.CopyTo(states);
        }
        return (states[tokens.Length >> 6] & (1UL << tokens.Length)) != 0;
    }

    // A repetition may also match nothing: being before it is being behind it.
    private static void Set(Span<ulong> states, int i, Token[] tokens)
    {
        states[i >> 6] |= 1UL << i;
        for (; i < tokens.Length && tokens[i].Op is Op.Some or Op.Any; i++) states[(i + 1) >> 6] |= 1UL << (i + 1);
    }

    private static bool Accepts(in Token token, char c)
    {
        if (token.Op == Op.Literal) return c == token.Character;
        if (c == '/') return false;
        if (token.Op == Op.One) return true;
        bool inside = false;
        for (int i = 0; i < token.Ranges.Length; i += 2) inside |= c >= token.Ranges[i] && c <= token.Ranges[i + 1];
        return inside != token.Negated;
    }

    private static Token[]? Tokenize(string pattern, out string fault)
    {
        var tokens = new List<Token>();
        fault = "";
        for (int i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\' when i + 1 < pattern.Length:
                    tokens.Add(new Token(Op.Literal, pattern[++i], "", false));
                    break;
                case '*' when i + 1 < pattern.Length && pattern[i + 1] == '*':
                    i++;
                    tokens.Add(new Token(Op.Any, '\0', "", false));
                    break;
                case '*':
                    tokens.Add(new Token(Op.Some, '\0', "", false));
                    break;
                case '?':
                    tokens.Add(new Token(Op.One, '\0', "", false));
                    break;
                case '[':
                    int end = pattern.IndexOf(']', Math.Min(i + 2, pattern.Length));
                    if (end < 0) { fault = "'[' has no ']'"; return null; }
                    tokens.Add(ClassOf(pattern[(i + 1)..end]));
                    i = end;
                    break;
                default:
                    tokens.Add(new Token(Op.Literal, pattern[i], "", false));
                    break;
            }
        }
        return [.. tokens];
    }

    private static Token ClassOf(string body)
    {
        bool negated = body[0] is '!' or '^';
        var ranges = new System.Text.StringBuilder();
        for (int i = negated ? 1 : 0; i < body.Length; i++)
        {
            bool isRange = i + 2 < body.Length && body[i + 1] == '-';
            ranges.Append(body[i]).Append(isRange ? body[i += 2] : body[i]);
        }
        return new Token(Op.Class, '\0', ranges.ToString(), negated);
    }

    private static List<string> Expand(string pattern, out string fault)
    {
        fault = "";
        int open = Find(pattern, '{', 0);
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
            expanded.AddRange(Expand(string.Concat(pattern.AsSpan(0, open), part, pattern.AsSpan(close + 1)), out fault));
            if (fault.Length != 0) return [];
            if (expanded.Count > MaxAlternatives) { fault = $"more than {MaxAlternatives} alternatives"; return []; }
        }
        return expanded;
    }

    private static int Find(string pattern, char wanted, int from)
    {
        for (int i = from; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\') i++;
            else if (pattern[i] == wanted) return i;
        }
        return -1;
    }

    private static string PrefixOf(Token[] tokens) =>
        string.Concat(tokens.TakeWhile(static t => t.Op == Op.Literal).Select(static t => t.Character));

    private static string Common(string a, string b)
    {
        int i = 0;
        while (i < a.Length && i < b.Length && a[i] == b[i]) i++;
        return a[..i];
    }
}
