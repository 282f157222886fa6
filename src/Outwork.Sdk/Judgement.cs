using Outwork.Contracts.Verdicts;

namespace Outwork.Sdk;

/// <summary>A product's answer to one question.</summary>
public readonly record struct Judgement
{
    private Judgement(Verdict verdict, string reason, bool cacheable)
    {
        Verdict = verdict;
        Reason = reason;
        Cacheable = cacheable;
    }

    /// <summary>Allow or deny; None, the default value, says that the product could not judge: the rule's on-failure then applies at once.</summary>
    public Verdict Verdict { get; }

    /// <summary>Why, for people: it is shown by <c>outwork explain</c>. At most 512 bytes of UTF-8 survive.</summary>
    public string Reason { get => field ?? ""; }

    /// <summary>
    /// True when the answer depends on nothing but the file's content and the product's own content, so that the broker may
    /// reuse it until either changes. False makes the broker ask every time.
    /// </summary>
    public bool Cacheable { get; }

    /// <summary>It may happen.</summary>
    public static Judgement Allow(string reason = "", bool cacheable = true) => new(Verdict.Allow, reason, cacheable);

    /// <summary>It may not; the program that asks sees "Operation not permitted".</summary>
    public static Judgement Deny(string reason, bool cacheable = true) => new(Verdict.Deny, reason, cacheable);

    /// <summary>The product could not judge; the rule's on-failure applies at once. Throwing from Judge does the same.</summary>
    public static Judgement Failed(string reason) => new(Verdict.None, reason, cacheable: false);
}
