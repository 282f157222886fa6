using Outwork.Contracts.Verdicts;

namespace Outwork.Content.Trials;

/// <summary>
/// What content on trial answers differently from what was in force, counted by file. Only for files whose identity is unchanged: of
/// others nothing is known. One thread.
/// </summary>
public sealed class TrialDifferences
{
    private const int MostExamples = 10;

    // For people: the end of a path says more than its beginning.
    private const int LongestPath = 512;

    private readonly HashSet<string> _protected = new(StringComparer.Ordinal);
    private readonly HashSet<string> _denied = new(StringComparer.Ordinal);
    private readonly HashSet<string> _allowed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unjudged = new(StringComparer.Ordinal);
    private readonly List<TrialDifference> _examples = [];

    /// <summary>Files denied on which the machine depends.</summary>
    public int ProtectedDenied => _protected.Count;

    /// <summary>Files denied that were allowed.</summary>
    public int NewlyDenied => _denied.Count;

    /// <summary>Files allowed that were denied.</summary>
    public int NewlyAllowed => _allowed.Count;

    /// <summary>Files not judged that were judged.</summary>
    public int NotJudged => _unjudged.Count;

    /// <summary>The first of each sort.</summary>
    public IReadOnlyList<TrialDifference> Examples => _examples;

    /// <summary>Takes note of an answer.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isProtected">The machine depends on it: denying it is wrong whatever was answered before.</param>
    /// <param name="before">What was answered or decided; None when nobody could judge.</param>
    /// <param name="after">What the content on trial answers; None when it cannot judge.</param>
    /// <param name="reason">Why, in the product's words.</param>
    public void Add(string path, bool isProtected, Verdict before, Verdict after, string reason)
    {
        HashSet<string>? sort = (before, after) switch
        {
            (_, Verdict.Deny) when isProtected => _protected,
            (Verdict.Allow, Verdict.Deny) => _denied,
            (Verdict.Deny, Verdict.Allow) => _allowed,
            (Verdict.Allow or Verdict.Deny, Verdict.None) => _unjudged,
            _ => null,
        };
        if (sort is null || !sort.Add(path) || sort.Count > MostExamples)
            return;
        _examples.Add(new TrialDifference(path.Length > LongestPath ? "\u2026" + path[^LongestPath..] : path, isProtected, before, after, reason));
    }
}

/// <summary>One answer that differs.</summary>
/// <param name="Path">The file; of a long path, its end.</param>
/// <param name="Protected">The machine depends on it.</param>
/// <param name="Before">What was answered or decided.</param>
/// <param name="After">What the content on trial answers.</param>
/// <param name="Reason">Why, in the product's words: untrusted text.</param>
public sealed record TrialDifference(string Path, bool Protected, Verdict Before, Verdict After, string Reason);
