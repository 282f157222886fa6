using System.Text;

namespace Outwork.Policy.Yaml;

/// <summary>Shows text of a policy in a message: short, one line, nothing that a terminal would obey.</summary>
internal static class Quoting
{
    private const int MaxShown = 80;

    public static string Shorten(string text)
    {
        bool isCut = text.Length > MaxShown;
        var shown = new StringBuilder();
        foreach (var rune in (isCut ? text.AsSpan(0, MaxShown) : text).EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.Format) shown.Append($"\\u{rune.Value:x4}");
            else shown.Append(rune.ToString());
        }
        return isCut ? shown.Append("...").ToString() : shown.ToString();
    }
}
