namespace Outwork.Broker.Tests.Rules;

/// <summary>The meaning of a pattern, written as directly as possible: by recursion over pattern and text. Exponential; for short ones.</summary>
internal static class NaiveGlob
{
    public static bool IsMatch(string pattern, string text) => Expand(pattern).Any(p => Matches(p, text, atComponent: false));

    private static IEnumerable<string> Expand(string pattern)
    {
        int open = pattern.IndexOf('{');
        if (open < 0) return [pattern];
        int close = pattern.IndexOf('}', open);
        return pattern[(open + 1)..close].Split(',').SelectMany(part => Expand(pattern[..open] + part + pattern[(close + 1)..]));
    }

    private static bool Matches(string p, string t, bool atComponent)
    {
        if (p.Length == 0) return t.Length == 0;
        if (atComponent && p.StartsWith("**/", StringComparison.Ordinal))
        {
            // Nothing, or any number of whole components.
            string rest = p[3..];
            return Enumerable.Range(0, t.Length + 1).Any(i => (i == 0 || t[i - 1] == '/') && Matches(rest, t[i..], atComponent: true));
        }
        if (p.StartsWith("**", StringComparison.Ordinal)) return Enumerable.Range(0, t.Length + 1).Any(i => Matches(p[2..], t[i..], atComponent: false));
        if (p[0] == '*')
            return Enumerable.Range(0, t.Length + 1).TakeWhile(i => i == 0 || t[i - 1] != '/').Any(i => Matches(p[1..], t[i..], atComponent: false));
        if (t.Length == 0) return false;
        if (p[0] == '?') return t[0] != '/' && Matches(p[1..], t[1..], atComponent: false);
        if (p[0] == '[')
        {
            int end = p.IndexOf(']');
            string members = p[1..end];
            bool isNegated = members[0] == '!';
            return t[0] != '/' && members.TrimStart('!').Contains(t[0]) != isNegated && Matches(p[(end + 1)..], t[1..], atComponent: false);
        }
        return p[0] == t[0] && Matches(p[1..], t[1..], atComponent: p[0] == '/');
    }
}
