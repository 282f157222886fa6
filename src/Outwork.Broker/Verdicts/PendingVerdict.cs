using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Verdicts;

/// <summary>
/// One AUTH event that waits for its answer. The state word decides who answers: it holds the request and one of the
/// states, and only the party whose compare-and-swap takes it from Open to Taken may respond; it then publishes Answered.
/// All other fields belong to the reactor; the deadline guard reads only those set before the slot was opened, and writes
/// the outcome only between Taken and Answered.
/// </summary>
public sealed class PendingVerdict
{
    private const ulong Free = 0, Open = 1, Taken = 2, Answered = 3, StateMask = 3;
    private ulong _state;

    /// <summary>The event.</summary>
    internal AuthEvent Event;

    /// <summary>What the question is about.</summary>
    internal FileFacts Facts;

    /// <summary>How code comes to run.</summary>
    internal ExecVia Via;

    /// <summary>Path of the file.</summary>
    internal string Path = "";

    /// <summary>When it must be answered: <see cref="TimeProvider.GetTimestamp"/>.</summary>
    internal long DeadlineAt;

    /// <summary>What is answered when nobody does.</summary>
    internal OnFailure OnFailure;

    /// <summary>Id of the rule that asks.</summary>
    internal string? Rule;

    /// <summary>What an audit rule would have answered.</summary>
    internal Verdict WouldBe;

    /// <summary>Cache epoch when it was asked; an answer of an older one is not cached.</summary>
    internal ulong Epoch;

    /// <summary>True when the answer may be remembered by the file's content.</summary>
    internal bool MayCache;

    /// <summary>True when the operating system may remember it too.</summary>
    internal bool MayMark;

    /// <summary>True when nothing waits: the file is judged ahead of need.</summary>
    internal bool IsPrejudged;

    /// <summary>True when no rule was concerned, so that there is nothing to explain.</summary>
    internal bool IsUnrecorded;

    /// <summary>True once it was asked again, since the content had changed.</summary>
    internal bool IsRejudged;

    /// <summary>True while a worker reads the content, for its first bytes or its hash.</summary>
    internal bool AwaitsContent;

    /// <summary>True once the open that belongs to this execution was let through with it. Reactor only.</summary>
    internal bool IsFollowed;

    /// <summary>The content's hash in hexadecimal, once known.</summary>
    internal string? Sha256;

    /// <summary>The process that asks, when known.</summary>
    internal ProcessInfo? Subject;

    /// <summary>User whose share of the slots this one is from; 0 is the superuser, whose share is not limited.</summary>
    internal uint User;

    /// <summary>Products asked, and how they voted.</summary>
    internal readonly VoteSlot[] Votes = new VoteSlot[VerdictEngineOptions.MaxProductsPerQuestion];

    /// <summary>Number of products asked.</summary>
    internal int VoteCount;

    /// <summary>Who decided; set by the winner.</summary>
    internal VerdictSource Source;

    /// <summary>What was answered; set by the winner.</summary>
    internal Verdict Verdict;

    /// <summary>What failed, if anything; set by the winner.</summary>
    internal VerdictFailure Failure;

    /// <summary>When it was answered; set by the winner.</summary>
    internal long AnsweredAt;

    internal int Index { get; init; }

    /// <summary>True when no vote forbids that the verdict is reused.</summary>
    internal bool IsCacheableVote
    {
        get
        {
            foreach (ref readonly var vote in Votes.AsSpan(0, VoteCount))
            {
                if (!vote.Cacheable) return false;
            }
            return true;
        }
    }

    /// <summary>Sets what is known of the event and the rule that decides. Reactor only.</summary>
    internal void Fill(in EventContext context, in Rules.RuleDecision decision, ulong epoch, long deadlineAt)
    {
        (Event, Facts, Via, Path, Subject) = (context.Event, context.Facts, context.Via, context.Path, context.Subject);
        if (!context.Sha256.IsEmpty) Sha256 = Convert.ToHexStringLower(context.Sha256);
        (OnFailure, Rule, WouldBe) = (decision.OnFailure, decision.Rule?.Id, decision.WouldBe);
        (Epoch, DeadlineAt) = (epoch, deadlineAt);
    }

    /// <summary>The request that occupies the slot; 0 when free.</summary>
    public ulong RequestId => Volatile.Read(ref _state) >> 2;

    /// <summary>True while nobody has answered.</summary>
    public bool IsOpen => (Volatile.Read(ref _state) & StateMask) == Open;

    /// <summary>True while somebody answers.</summary>
    public bool IsTaken => (Volatile.Read(ref _state) & StateMask) == Taken;

    /// <summary>True once somebody answered and until the reactor has recorded it.</summary>
    public bool IsAnswered => (Volatile.Read(ref _state) & StateMask) == Answered;

    /// <summary>Takes the right to answer. True for exactly one caller per request.</summary>
    public bool TryTake(ulong requestId) =>
        Interlocked.CompareExchange(ref _state, (requestId << 2) | Taken, (requestId << 2) | Open) == ((requestId << 2) | Open);

    /// <summary>Tells the reactor that the answer is out. Only by the winner of <see cref="TryTake"/>.</summary>
    internal void MarkAnswered() => Volatile.Write(ref _state, (Volatile.Read(ref _state) & ~StateMask) | Answered);

    /// <summary>Publishes the slot. Reactor only, after all fields are set.</summary>
    internal void Publish(ulong requestId) => Volatile.Write(ref _state, (requestId << 2) | Open);

    /// <summary>Gives the slot back. Reactor only, after it was answered and recorded.</summary>
    internal void Clear()
    {
        Array.Clear(Votes, 0, VoteCount);
        Path = "";
        Rule = Sha256 = null;
        Subject = null;
        VoteCount = 0;
        User = 0;
        AwaitsContent = IsUnrecorded = IsRejudged = IsPrejudged = IsFollowed = MayCache = MayMark = false;
        WouldBe = Verdict = Verdict.None;
        Failure = VerdictFailure.None;
        Volatile.Write(ref _state, Free);
    }
}

/// <summary>One product's part in a pending question.</summary>
internal struct VoteSlot
{
    internal string Product;
    public Sessions.ProductSession? Session;
    internal Verdict Verdict;
    internal bool Cacheable;
    internal bool Failed;
    public long AskedAt, RepliedAt;
    internal string? Reason;
}
