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
            else if (p < pattern.Length && MatchesOne(pattern, ref p, text[t..], out int taken))
            {
                t += taken;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = resume += LengthAt(text, resume);
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

    // A character is a code point, as for every other client: one beyond the first plane is two units of the text and one character.
    private static bool MatchesOne(ReadOnlySpan<char> pattern, ref int p, ReadOnlySpan<char> text, out int taken)
    {
        taken = LengthAt(text, 0);
        if (pattern[p] == '?')
        {
            p++;
            return true;
        }

        if (pattern[p] == '[' && ClassEnd(pattern, p) is > 0 and int end)
        {
            bool matches = MatchesClass(pattern[(p + 1)..end], CodePointAt(text, 0));
            if (matches)
                p = end + 1;
            return matches;
        }

        taken = 1;
        if (pattern[p] != text[0])
            return false;
        p++;
        return true;
    }

    private static int LengthAt(ReadOnlySpan<char> text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    private static int CodePointAt(ReadOnlySpan<char> text, int at) => LengthAt(text, at) == 2 ? char.ConvertToUtf32(text[at], text[at + 1]) : text[at];

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

    private static bool MatchesClass(ReadOnlySpan<char> members, int character)
    {
        bool isNegated = members[0] == '!';
        if (isNegated)
            members = members[1..];
        bool isMember = false;
        for (int i = 0; i < members.Length;)
        {
            int first = CodePointAt(members, i), last = first;
            i += LengthAt(members, i);
            if (i + 1 < members.Length && members[i] == '-')
            {
                last = CodePointAt(members, i + 1);
                i += 1 + LengthAt(members, i + 1);
            }

            isMember |= character >= first && character <= last;
        }

        return isMember != isNegated;
    }
}
