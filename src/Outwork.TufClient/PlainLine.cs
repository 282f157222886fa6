using System.Globalization;
using System.Text;

namespace Outwork.TufClient;

/// <summary>Text that a repository may have written, for a terminal: without characters that steer it, and bounded.</summary>
internal static class PlainLine
{
    private const int Longest = 2000;

    public static string Of(string text)
    {
        var plain = new StringBuilder(Math.Min(text.Length, Longest));
        foreach (char unit in text.AsSpan(0, Math.Min(text.Length, Longest)))
        {
            if (char.GetUnicodeCategory(unit) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            else
                plain.Append(unit);
        }

        return text.Length > Longest ? plain.Append(" ...").ToString() : plain.ToString();
    }
}
