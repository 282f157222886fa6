namespace Outwork.Trust.Delegation;

/// <summary>
/// Patterns of delegations (specification 4.5): as a shell's, folder by folder. <c>*</c> is any text within one folder, <c>?</c> one
/// character, <c>[abc]</c>, <c>[a-z]</c> and <c>[!abc]</c> one of or none of these.
/// </summary>
public static class PathPattern
{
    /// <summary>True when the path is one of those meant. Time is at most the product of the lengths, whatever the pattern.</summary>
    public static bool Matches(string pattern, string path)
    {
        string[] patterns = pattern.Split('/');
        string[] segments = path.Split('/');
        if (patterns.Length != segments.Length)
            return false;
        for (int i = 0; i < patterns.Length; i++)
        {
            if (!MatchesSegment(patterns[i], segments[i]))
                return false;
        }

        return true;
    }

    // Only the last star need be tried again: an earlier one that took more would leave the later less.
    private static bool MatchesSegment(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && MatchesOne(pattern, ref p, text[t]))
            {
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }

    private static bool MatchesOne(ReadOnlySpan<char> pattern, ref int p, char character)
    {
        if (pattern[p] == '?')
        {
            p++;
            return true;
        }

        if (pattern[p] == '[' && ClassEnd(pattern, p) is > 0 and int end)
        {
            bool matches = MatchesClass(pattern[(p + 1)..end], character);
            if (matches)
                p = end + 1;
            return matches;
        }

        if (pattern[p] != character)
            return false;
        p++;
        return true;
    }

    // A bracket right after the opening one (and after '!') is a member; without an end the opening bracket is itself.
    private static int ClassEnd(ReadOnlySpan<char> pattern, int open)
    {
        int from = open + 1;
        if (from < pattern.Length && pattern[from] == '!')
            from++;
        if (from >= pattern.Length)
            return -1;
        int close = pattern[(from + 1)..].IndexOf(']');
        return close < 0 ? -1 : from + 1 + close;
    }

    private static bool MatchesClass(ReadOnlySpan<char> members, char character)
    {
        bool isNegated = members[0] == '!';
        if (isNegated)
            members = members[1..];
        bool isMember = false;
        for (int i = 0; i < members.Length; i++)
        {
            if (i + 2 < members.Length && members[i + 1] == '-')
            {
                isMember |= character >= members[i] && character <= members[i + 2];
                i += 2;
            }
            else
            {
                isMember |= character == members[i];
            }
        }

        return isMember != isNegated;
    }
}
