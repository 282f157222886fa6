namespace Outwork.Content.Trials;

/// <summary>What became of a trial.</summary>
/// <param name="Refusal">None when it passed, so far.</param>
/// <param name="What">What happened, in a sentence for people. It may hold a product's words: untrusted text.</param>
public sealed record TrialVerdict(TrialRefusal Refusal, string What)
{
    /// <summary>The content may come into force.</summary>
    public bool Passed => Refusal == TrialRefusal.None;

    /// <summary>Stable, for programs.</summary>
    public string Code => TrialRefusals.CodeOf(Refusal);

    /// <summary>The content is to blame, and must not be tried again by itself.</summary>
    public bool BlamesContent => TrialRefusals.BlamesContent(Refusal);

    /// <summary>What somebody does about it.</summary>
    public string Remedy => TrialRefusals.RemedyOf(Refusal);
}
