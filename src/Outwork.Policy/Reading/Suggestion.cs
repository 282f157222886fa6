namespace Outwork.Policy.Reading;

/// <summary>Finds what a misspelt word was meant to be.</summary>
internal static class Suggestion
{
    private const int MaxLength = 32;

    /// <summary>"; did you mean 'x'?" or, when nothing is near, "; expected a, b or c".</summary>
    public static string For(string word, ReadOnlySpan<string> known)
    {
        string? best = null;
        int bestDistance = word.Length <= 4 ? 2 : 3;
        if (word.Length <= MaxLength)
        {
            foreach (string candidate in known)
            {
                int distance = Distance(word.ToLowerInvariant().Replace('_', '-'), candidate);
                if (distance < bestDistance) (best, bestDistance) = (candidate, distance);
            }
        }
        return best is null ? $"; expected {List(known)}" : $"; did you mean '{best}'?";
    }

    /// <summary>"a, b or c".</summary>
    public static string List(ReadOnlySpan<string> words) =>
        words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1].ToArray())} or {words[^1]}";

    // Edits needed to make one word of the other; exchanging two neighbours is one edit.
    private static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) d[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(replaced, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
