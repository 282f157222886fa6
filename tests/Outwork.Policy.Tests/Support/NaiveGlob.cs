namespace Outwork.Policy.Tests.Support;

/// <summary>The pattern language said as plainly as possible: recursion over pattern and text, exponential at worst. The oracle for <c>Glob</c>.</summary>
internal static class NaiveGlob
{
    public static bool IsMatch(string pattern, string text, bool afterSlash = false)
    {
        if (pattern.Length == 0) return text.Length == 0;
        string rest = pattern[1..];
        switch (pattern[0])
        {
            case '{':
                int close = Close(pattern);
                return Split(pattern[1..close]).Any(part => IsMatch(part + pattern[(close + 1)..], text, afterSlash));
            case '*' when rest.StartsWith('*'):
                if (afterSlash && rest.StartsWith("*/") && IsMatch(rest[2..], text, afterSlash: true)) return true;
                return Enumerable.Range(0, text.Length + 1).Any(n => IsMatch(rest[1..], text[n..]));
            case '*':
                return Enumerable.Range(0, text.Length + 1).TakeWhile(n => !text[..n].Contains('/')).Any(n => IsMatch(rest, text[n..]));
            case '?':
                return text.Length != 0 && text[0] != '/' && IsMatch(rest, text[1..]);
            case '[':
                int end = pattern.IndexOf(']');
                return text.Length != 0 && text[0] != '/' && InClass(pattern[1..end], text[0]) && IsMatch(pattern[(end + 1)..], text[1..]);
            case '\\':
                return text.Length != 0 && text[0] == rest[0] && IsMatch(rest[1..], text[1..]);
            default:
                return text.Length != 0 && text[0] == pattern[0] && IsMatch(rest, text[1..], afterSlash: pattern[0] == '/');
        }
    }

    private static bool InClass(string body, char c)
    {
        if (body[0] == '!') return !InClass(body[1..], c);
        if (body.Length >= 3 && body[1] == '-') return (c >= body[0] && c <= body[2]) || (body.Length > 3 && InClass(body[3..], c));
        return c == body[0] || (body.Length > 1 && InClass(body[1..], c));
    }

    private static int Close(string pattern)
    {
        int depth = 0;
        for (int i = 0; ; i++)
        {
            if (pattern[i] == '{') depth++;
            if (pattern[i] == '}' && --depth == 0) return i;
        }
    }

    private static IEnumerable<string> Split(string body)
    {
        int depth = 0, start = 0;
        for (int i = 0; i < body.Length; i++)
        {
            if (body[i] == '{') depth++;
            if (body[i] == '}') depth--;
            if (body[i] != ',' || depth != 0) continue;
            yield return body[start..i];
            start = i + 1;
        }
        yield return body[start..];
    }
}
