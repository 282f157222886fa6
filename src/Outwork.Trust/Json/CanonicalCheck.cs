using System.Buffers;

namespace Outwork.Trust.Json;

/// <summary>
/// Finds out in one pass whether JSON stands in its canonical form already, as most publishers write it: what is signed is then the bytes
/// received, and no member is there twice.
/// </summary>
/// <remarks>Thread-safe. Says no where it is not sure: an escape other than those of quote and backslash, a name with an escape.</remarks>
internal static class CanonicalCheck
{
    /// <summary>Deepest nesting that is looked at.</summary>
    public const int MaxDepth = 64;

    private const byte Quote = (byte)'"';
    private const byte Backslash = (byte)'\\';
    private const byte Space = (byte)' ';

    // With the control characters, which JSON has in no string and the canonical form does not escape.
    private static readonly SearchValues<byte> EndOrEscape = SearchValues.Create([Quote, Backslash, .. Enumerable.Range(0, Space).Select(static control => (byte)control)]);

    /// <summary>True when the canonical form of these bytes is these bytes, and so of every value in them.</summary>
    /// <param name="json">Valid UTF-8 of any content. Yes means nothing about bytes that are no JSON: whoever asks parses them, too.</param>
    public static bool IsCanonical(ReadOnlySpan<byte> json)
    {
        // The latest name of each object that is open.
        Span<Range> names = stackalloc Range[MaxDepth + 1];
        int depth = 0;
        int at = 0;
        while (at < json.Length)
        {
            switch (json[at])
            {
                case (byte)'{' or (byte)'[':
                    if (depth == MaxDepth)
                        return false;
                    names[++depth] = default;
                    at++;
                    break;
                case (byte)'}' or (byte)']':
                    if (depth == 0)
                        return false;
                    depth--;
                    at++;
                    break;
                case (byte)',' or (byte)':':
                    at++;
                    break;
                case Quote:
                    int end = EndOfString(json, at + 1, out bool hasEscape);
                    if (end < 0)
                        return false;
                    if (end + 1 < json.Length && json[end + 1] == (byte)':')
                    {
                        Range name = (at + 1)..end;
                        if (hasEscape || !IsAbove(json, name, names[depth]))
                            return false;
                        names[depth] = name;
                    }

                    at = end + 1;
                    break;
                case (byte)'-':
                    if (at + 1 < json.Length && json[at + 1] == (byte)'0')
                        return false;
                    at++;
                    break;
                case >= (byte)'0' and <= (byte)'9':
                    at++;
                    break;
                case (byte)'t' or (byte)'n':
                    at += "true".Length;
                    break;
                case (byte)'f':
                    at += "false".Length;
                    break;
                default:
                    // White space, or a fraction or exponent.
                    return false;
            }
        }

        return true;
    }

    // The quote that ends a string; negative when there is none, or an escape that the canonical form has not.
    private static int EndOfString(ReadOnlySpan<byte> json, int at, out bool hasEscape)
    {
        hasEscape = false;
        while (true)
        {
            int next = json[at..].IndexOfAny(EndOrEscape);
            if (next < 0)
                return -1;
            at += next;
            if (json[at] == Quote)
                return at;
            hasEscape = true;
            if (json[at] < Space || at + 1 == json.Length || json[at + 1] is not (Quote or Backslash))
                return -1;
            at += 2;
        }
    }

    // Bytes of UTF-8 sort as the code points do. No name starts at the first byte: there the range is none.
    private static bool IsAbove(ReadOnlySpan<byte> json, Range name, Range before) =>
        before.Start.Value == 0 || json[before].SequenceCompareTo(json[name]) < 0;
}
