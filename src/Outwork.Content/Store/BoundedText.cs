namespace Outwork.Content.Store;

/// <summary>Text for people that is kept or shown no longer than there is room for.</summary>
public static class BoundedText
{
    /// <summary>The text, or as many whole words of it as fit, and an ellipsis.</summary>
    /// <param name="text">The text.</param>
    /// <param name="longest">Characters, the ellipsis included.</param>
    public static string Cut(string text, int longest)
    {
        if (text.Length <= longest)
            return text;
        int end = text.LastIndexOf(' ', longest - 1);
        // One endless word is cut where it must be, and never between the halves of a character.
        if (end <= longest / 2)
            end = char.IsHighSurrogate(text[longest - 2]) ? longest - 2 : longest - 1;
        return text[..end].TrimEnd() + "\u2026";
    }
}
