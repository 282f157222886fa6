using Outwork.Contracts.Events;

namespace Outwork.Platform.Linux.ProductsUnderTest;

/// <summary>One question and its answer.</summary>
/// <param name="id">Its number.</param>
/// <param name="askedNs">When it was asked, on the monotonic clock, ns.</param>
/// <param name="deadlineNs">Its deadline on the same clock, ns.</param>
public sealed class AskedQuestion(ulong id, long askedNs, long deadlineNs)
{
    /// <summary>Its number.</summary>
    public ulong Id => id;

    /// <summary>When it was asked, on the monotonic clock, ns.</summary>
    public long AskedNs => askedNs;

    /// <summary>Its deadline on the same clock, ns.</summary>
    public long DeadlineNs => deadlineNs;

    /// <summary>The first answer; null before.</summary>
    public AuthReply? Reply { get; internal set; }

    /// <summary>When that came, on the same clock, ns.</summary>
    public long AnsweredNs { get; internal set; }

    /// <summary>Nobody waits for it any more.</summary>
    public bool GivenUp { get; internal set; }

    /// <summary>Answered before its deadline.</summary>
    public bool InTime => Reply is not null && AnsweredNs <= deadlineNs;

    /// <summary>How long the answer took, ms; meaningless without one.</summary>
    public double Milliseconds => (AnsweredNs - askedNs) / 1e6;
}
