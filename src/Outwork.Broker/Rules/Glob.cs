using System.Numerics;

namespace Outwork.Broker.Rules;

/// <summary>
/// A path pattern: <c>*</c> and <c>?</c> within a component, <c>**</c> across components (<c>/**/</c> also where there is none
/// between), <c>[a-z]</c> and <c>[!a-z]</c>, <c>{a,b}</c>, and <c>\</c> before a character that is meant as it is. Matching is a
/// simulation of the pattern's automaton over one set of states, so its time is the product of the lengths at worst: no
/// pattern makes it explode. Immutable, any thread.
/// </summary>
public sealed class Glob
{
    /// <summary>Characters a pattern may have.</summary>
    public const int MaxLength = 1_024;

    private readonly GlobToken[][] _alternatives;

    private Glob(string pattern, GlobToken[][] alternatives, string literalPrefix, bool isLiteral) =>
        (Pattern, _alternatives, LiteralPrefix, IsLiteral) = (pattern, alternatives, literalPrefix, isLiteral);

    /// <summary>The pattern as written.</summary>
    public string Pattern { get; }

    /// <summary>Every match begins with this text.</summary>
    public string LiteralPrefix { get; }

    /// <summary>True when it matches <see cref="LiteralPrefix"/> and nothing else.</summary>
    public bool IsLiteral { get; }

    /// <summary>True when it matches absolute paths only, which all paths of events are.</summary>
    public bool IsAbsolute => LiteralPrefix.StartsWith('/');

    /// <summary>Parses a pattern; the fault says what is wrong with it.</summary>
    public static Glob? TryParse(string pattern, out string fault)
    {
        if (GlobParser.Parse(pattern, out fault) is not { } alternatives) return null;
        string prefix = PrefixOf(alternatives[0]);
        foreach (var tokens in alternatives) prefix = Common(prefix, PrefixOf(tokens));
        bool isLiteral = alternatives.Length == 1 && Array.TrueForAll(alternatives[0], static t => t.Op == GlobOp.Literal);
        return new Glob(pattern, alternatives, prefix, isLiteral);
    }

    /// <summary>True when the whole text matches. Allocates nothing.</summary>
    public bool IsMatch(ReadOnlySpan<char> text)
    {
        long steps = 0;
        return IsMatch(text, ref steps);
    }

    /// <summary>The same, counting the steps of the simulation; for the test that they stay within bounds.</summary>
    internal bool IsMatch(ReadOnlySpan<char> text, ref long steps)
    {
        if (!text.StartsWith(LiteralPrefix, StringComparison.Ordinal)) return false;
        if (IsLiteral) return text.Length == LiteralPrefix.Length;
        foreach (var tokens in _alternatives)
        {
            if (Matches(tokens, LiteralPrefix.Length, text[LiteralPrefix.Length..], ref steps)) return true;
        }
        return false;
    }

    private static bool Matches(GlobToken[] tokens, int start, ReadOnlySpan<char> text, ref long steps)
    {
        Span<ulong> states = stackalloc ulong[(tokens.Length >> 6) + 1];
        Span<ulong> next = stackalloc ulong[states.Length];
        Enter(states, start, tokens);
        foreach (char c in text)
        {
            next.Clear();
            bool isAlive = false;
            for (int word = 0; word < states.Length; word++)
            {
                for (ulong left = states[word]; left != 0; left &= left - 1)
                {
                    int i = (word << 6) + BitOperations.TrailingZeroCount(left);
                    if (i == tokens.Length) break;
                    steps++;
                    int to = tokens[i].Step(c, i);
                    if (to < 0) continue;
                    Enter(next, to, tokens);
                    isAlive = true;
                }
            }
            if (!isAlive) return false;
            next.CopyTo(states);
        }
        return (states[tokens.Length >> 6] & (1UL << tokens.Length)) != 0;
    }

    // What may match nothing is also passed: being before it is being behind it. Stops where it has been before, so that
    // a row of repetitions costs one walk for a character and not one for each state.
    private static void Enter(Span<ulong> states, int i, GlobToken[] tokens)
    {
        while ((states[i >> 6] & (1UL << i)) == 0)
        {
            states[i >> 6] |= 1UL << i;
            if (i == tokens.Length) return;
            if (tokens[i].Op == GlobOp.Optional) Enter(states, i + GlobToken.OptionalLength, tokens);
            else if (tokens[i].Op is not (GlobOp.Some or GlobOp.Any)) return;
            i++;
        }
    }

    private static string PrefixOf(GlobToken[] tokens) =>
        string.Concat(tokens.TakeWhile(static t => t.Op == GlobOp.Literal).Select(static t => t.Character));

    private static string Common(string a, string b)
    {
        int i = 0;
        while (i < a.Length && i < b.Length && a[i] == b[i]) i++;
        return a[..i];
    }
}
