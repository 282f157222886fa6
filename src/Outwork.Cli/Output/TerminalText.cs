using System.Globalization;
using System.Text;

namespace Outwork.Cli.Output;

/// <summary>
/// Makes text of unknown origin fit to be shown: a file's name can hold anything but '/' and NUL, and a terminal obeys what it is sent.
/// Control characters, invisible and direction-changing ones and what is no character at all become visible escapes, as does the
/// backslash, so that nothing else can look like an escape.
/// </summary>
internal static class TerminalText
{
    /// <summary>One line of visible text.</summary>
    public static string Escape(string? text) => Escape(text, keepLayout: false);

    /// <summary>Like <see cref="Escape(string?)"/>, for text that has lines: line ends, tabs and backslashes stay.</summary>
    public static string EscapeLines(string? text) => Escape(text, keepLayout: true);

    private static string Escape(string? text, bool keepLayout)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var result = new StringBuilder(text.Length);
        int at = 0;
        while (at < text.Length)
        {
            if (!Rune.TryGetRuneAt(text, at, out Rune rune))
            {
                result.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:x4}");
                at++;
                continue;
            }

            Append(result, rune, keepLayout);
            at += rune.Utf16SequenceLength;
        }

        return result.ToString();
    }

    private static void Append(StringBuilder result, Rune rune, bool keepLayout)
    {
        switch (rune.Value)
        {
            case '\n' or '\t' or '\\' when keepLayout:
                result.Append((char)rune.Value);
                break;
            case '\\':
                result.Append(@"\\");
                break;
            case '\n':
                result.Append(@"\n");
                break;
            case '\r':
                result.Append(@"\r");
                break;
            case '\t':
                result.Append(@"\t");
                break;
            case < 0x100 when Rune.IsControl(rune):
                result.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
                break;
            default:
                if (IsVisible(rune))
                    result.Append(rune.ToString());
                else
                    result.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
                break;
        }
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or
        UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
