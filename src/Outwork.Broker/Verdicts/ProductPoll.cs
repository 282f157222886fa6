using Outwork.Broker.Sessions;
using Outwork.Contracts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Verdicts;

/// <summary>
/// Asks products in parallel and counts their votes: a denial decides at once, the last allowance decides, and whoever is
/// missing at the end makes the rule's on-failure apply. Reactor thread only, except <see cref="ExpireOverdue"/>.
/// </summary>
public sealed class ProductPoll(
    VerdictEngineOptions options, IAuthSource source, SessionRegistry sessions, VerdictCounters counters, TimeProvider time)
{
    private int _prejudging;
    private bool _hasExpired;

    /// <summary>The slots of all events that wait.</summary>
    public PendingTable Pending { get; } = new(options.MaxPending);

    /// <summary>Called on the reactor when a slot has its answer, before it is freed.</summary>
    public Action<PendingVerdict>? Concluded { get; set; }

    /// <summary>True when the deadline guard has answered what is not recorded yet; <see cref="Sweep"/> records it.</summary>
    public bool HasExpired => Volatile.Read(ref _hasExpired);

    /// <summary>True while further files may be judged ahead of need.</summary>
    public bool MayPrejudge => _prejudging < options.MaxPrejudging && Pending.Count < options.MaxPending / 2;

    /// <summary>A slot to fill and then <see cref="Open"/>, or null when too many events wait, at all or of this user.</summary>
    /// <param name="user">The user for whom it waits; 0 for the superuser and for what nobody waits for.</param>
    /// <param name="requestId">Names the request.</param>
    public PendingVerdict? TryReserve(uint user, out ulong requestId) => Pending.TryReserve(user, out requestId);

    /// <summary>Makes the slot answerable: from now on its deadline runs.</summary>
    public void Open(PendingVerdict slot, ulong requestId)
    {
        if (slot.IsPrejudged) _prejudging++;
        slot.Publish(requestId);
    }

    /// <summary>Asks the products named. The slot is open.</summary>
    public void Ask(PendingVerdict slot, EventKind kind, ReadOnlySpan<string> products)
    {
        ulong requestId = slot.RequestId;
        bool anyAsked = false;
        foreach (string product in products)
        {
            ref var vote = ref slot.Votes[slot.VoteCount++];
            vote = new VoteSlot { Product = product, AskedAt = time.GetTimestamp() };
            var session = sessions.Find(product, kind);
            if (session is null)
            {
                Fail(slot, ref vote, VerdictFailure.ProductAbsent);
                continue;
            }
            if (session.Standing.IsDemoted)
            {
                Fail(slot, ref vote, VerdictFailure.ProductDemoted);
                vote.Reason = "demoted, so not asked";
                if (!slot.IsPrejudged && session.Standing.IsTrialDue) AskOnTrial(slot, kind, session);
                continue;
            }
            vote.Session = session;
            switch (session.Transport.Ask(Question(slot, requestId, kind, session), session.WantsDescriptor ? slot.Event.Handle : -1))
            {
                case AskOutcome.Asked:
                    session.Asked++;
                    session.NeedsWake = anyAsked = true;
                    break;
                case AskOutcome.QueueFull:
                    Fail(slot, ref vote, VerdictFailure.QueueFull);
                    break;
                default:
                    Fail(slot, ref vote, VerdictFailure.ProductAbsent);
                    break;
            }
        }
        if (!anyAsked) Count(slot, requestId);
    }

    /// <summary>Takes a product's reply; the verdict None says that its judging failed. What does not answer an open question of this product is counted and dropped.</summary>
    public void TakeReply(ProductSession session, in AuthReply reply)
    {
        if (session.Standing.IsOnTrial(session, reply.RequestId))
        {
            Tell(session, session.Standing.EndTrial(couldJudge: reply.Verdict != Verdict.None), "it could not judge, or not in time");
            return;
        }
        var slot = Pending.SlotOf(reply.RequestId);
        if (slot is null || slot.RequestId != reply.RequestId || !slot.IsOpen)
        {
            Refuse(session, Pending.WasIssued(reply.RequestId) ? VerdictFailure.LateReply : VerdictFailure.UnknownReply);
            return;
        }
        for (int i = 0; i < slot.VoteCount; i++)
        {
            ref var vote = ref slot.Votes[i];
            if (vote.Session != session || vote.Failed) continue;
            if (vote.Verdict != Verdict.None) break;
            vote.RepliedAt = time.GetTimestamp();
            vote.Reason = reply.Reason;
            if (reply.Verdict == Verdict.None) Fail(slot, ref vote, VerdictFailure.ProductCrashed);
            else
            {
                vote.Verdict = reply.Verdict;
                vote.Cacheable = reply.Cacheable && reply.ContentGeneration == session.ContentGeneration;
                session.Answered++;
                session.Standing.Answer();
            }
            Count(slot, reply.RequestId);
            return;
        }
        Refuse(session, VerdictFailure.UnknownReply);
    }

    /// <summary>The product sent a frame that did not decode: it is counted, also against the product.</summary>
    public void RefuseFrame(ProductSession session) => Refuse(session, VerdictFailure.MalformedReply);

    /// <summary>The session has ended: what it was still asked has failed.</summary>
    public void SessionEnded(ProductSession session)
    {
        bool wasJudging = false;
        foreach (var slot in Pending.Slots)
        {
            if (!slot.IsOpen) continue;
            bool concerned = false;
            for (int i = 0; i < slot.VoteCount; i++)
            {
                ref var vote = ref slot.Votes[i];
                if (vote.Session != session || vote.Failed || vote.Verdict != Verdict.None) continue;
                Fail(slot, ref vote, VerdictFailure.ProductCrashed);
                concerned = true;
            }
            wasJudging |= concerned;
            if (concerned) Count(slot, slot.RequestId);
        }
        Tell(session, session.Standing.EndSession(session), "its session ended");
        if (wasJudging) Tell(session, session.Standing.Crash(), "its session ended while it judged");
    }

    /// <summary>
    /// Answers everything whose deadline falls before the next call with its rule's on-failure. Safe on any thread, so that
    /// a reactor that is held up does not hold up those who wait. Returns how many were answered.
    /// </summary>
    /// <param name="period">Time until the next call.</param>
    public int ExpireOverdue(TimeSpan period)
    {
        long now = time.GetTimestamp() + (period.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);
        int expired = 0;
        foreach (var slot in Pending.Slots)
        {
            // Order matters: a slot freed and reused after this line has another request, and TryTake then fails.
            ulong requestId = slot.RequestId;
            if (!slot.IsOpen || slot.IsPrejudged || slot.DeadlineAt > now || !slot.TryTake(requestId)) continue;
            // Told before the answer is out: the program goes on at once, and its next event must find this one.
            Volatile.Write(ref _hasExpired, true);
            Answer(slot, ByOnFailure(slot), VerdictSource.Deadline, VerdictFailure.DeadlineMissed);
            expired++;
        }
        return expired;
    }

    /// <summary>
    /// Records what the deadline guard answered, and gives up files that nobody judged ahead of need in time, and questions on
    /// trial.
    /// </summary>
    public void Sweep()
    {
        Volatile.Write(ref _hasExpired, false);
        sessions.Standings.Expire();
        long now = time.GetTimestamp();
        foreach (var slot in Pending.Slots)
        {
            if (slot.IsOpen && slot.IsPrejudged && slot.DeadlineAt <= now && slot.TryTake(slot.RequestId))
            {
                slot.Failure = VerdictFailure.DeadlineMissed;
                slot.MarkAnswered();
            }
            if (slot.IsTaken) Volatile.Write(ref _hasExpired, true);
            if (!slot.IsAnswered) continue;
            if (slot.Failure == VerdictFailure.DeadlineMissed) CountMissed(slot);
            Conclude(slot);
        }
    }

    /// <summary>
    /// True when the deadline guard is letting this very execution through at this moment, so that what follows from it need not wait
    /// for a second deadline. Once for each.
    /// </summary>
    public bool TryFollow(int pid, in FileIdentity identity)
    {
        foreach (var slot in Pending.Slots)
        {
            if (!(slot.IsTaken || slot.IsAnswered) || slot.IsFollowed || slot.IsPrejudged || slot.Event.Kind != EventKind.Exec) continue;
            if (slot.Event.Pid != pid || slot.Facts.Identity != identity || ByOnFailure(slot) != Verdict.Allow) continue;
            return slot.IsFollowed = true;
        }
        return false;
    }

    /// <summary>Answers a slot on the reactor, if it is still open, and frees it.</summary>
    public void Decide(PendingVerdict slot, ulong requestId, Verdict verdict, VerdictSource by, VerdictFailure failure)
    {
        if (!slot.TryTake(requestId)) return;
        Answer(slot, verdict, by, failure);
        Conclude(slot);
    }

    /// <summary>Counts a failure and answers a slot by what its rule says on failure.</summary>
    public void DecideByFailure(PendingVerdict slot, ulong requestId, VerdictFailure failure)
    {
        if (!slot.TryTake(requestId)) return;
        counters.Count(failure);
        Answer(slot, ByOnFailure(slot), VerdictSource.Failure, failure);
        Conclude(slot);
    }

    // The question is real, with all of the time that the rule gives; only the answer is given by others.
    private void AskOnTrial(PendingVerdict slot, EventKind kind, ProductSession session)
    {
        ulong requestId = Pending.IssueId();
        long deadlineAt = time.GetTimestamp() + slot.DeadlineAt - slot.Event.ArrivedAt;
        var question = Question(slot, requestId, kind, session) with { IsShadow = true, DeadlineNs = MonotonicClock.Nanoseconds(time, deadlineAt) };
        if (session.Transport.Ask(question, session.WantsDescriptor ? slot.Event.Handle : -1) != AskOutcome.Asked)
        {
            session.Standing.PostponeTrial();
            return;
        }
        session.Standing.BeginTrial(session, requestId, deadlineAt);
        session.NeedsWake = true;
    }

    private AuthQuestion Question(PendingVerdict slot, ulong requestId, EventKind kind, ProductSession session) => new()
    {
        RequestId = requestId,
        Kind = kind,
        Via = slot.Via,
        DeadlineNs = MonotonicClock.Nanoseconds(time, slot.DeadlineAt),
        File = slot.Facts.Identity,
        FileMode = slot.Facts.Mode,
        FileOwner = slot.Facts.Owner,
        Path = slot.Path,
        ProcessId = slot.Subject?.Id ?? ProcessId.Unknown,
        ParentProcessId = slot.Subject?.ParentId ?? ProcessId.Unknown,
        Pid = slot.Event.Pid,
        ParentPid = slot.Subject?.ParentPid ?? 0,
        UserId = slot.Subject?.UserId ?? 0,
        Executable = slot.Subject?.Executable ?? "",
        HasDescriptor = session.WantsDescriptor,
        IsPrejudged = slot.IsPrejudged,
    };

    private void Count(PendingVerdict slot, ulong requestId)
    {
        bool waiting = false, failed = false;
        for (int i = 0; i < slot.VoteCount; i++)
        {
            ref var vote = ref slot.Votes[i];
            if (vote.Verdict == Verdict.Deny)
            {
                Decide(slot, requestId, Verdict.Deny, VerdictSource.Product, VerdictFailure.None);
                return;
            }
            failed |= vote.Failed;
            waiting |= !vote.Failed && vote.Verdict == Verdict.None;
        }
        if (waiting) return;
        if (failed) Decide(slot, requestId, ByOnFailure(slot), VerdictSource.Failure, slot.Failure);
        else CountAllowance(slot, requestId);
    }

    // An allowance is about the content that was looked at. Whoever writes while it is judged gets it judged once more.
    private void CountAllowance(PendingVerdict slot, ulong requestId)
    {
        if (slot.IsPrejudged) Decide(slot, requestId, Verdict.Allow, VerdictSource.Product, VerdictFailure.None);
        else if (!source.TryGetFacts(slot.Event.Handle, out var now)) DecideByFailure(slot, requestId, VerdictFailure.FileUnreadable);
        else if (now.Identity == slot.Facts.Identity) Decide(slot, requestId, Verdict.Allow, VerdictSource.Product, VerdictFailure.None);
        else if (slot.IsRejudged) DecideByFailure(slot, requestId, VerdictFailure.ContentChanged);
        else AskAgain(slot, now);
    }

    private void AskAgain(PendingVerdict slot, in FileFacts now)
    {
        var products = new string[slot.VoteCount];
        for (int i = 0; i < products.Length; i++) products[i] = slot.Votes[i].Product;
        slot.IsRejudged = true;
        slot.MayCache = slot.MayMark = false;
        slot.Facts = now;
        slot.VoteCount = 0;
        Ask(slot, slot.Via == ExecVia.None ? EventKind.Open : EventKind.Exec, products);
    }

    private void Answer(PendingVerdict slot, Verdict verdict, VerdictSource by, VerdictFailure failure)
    {
        slot.Verdict = verdict;
        slot.Source = by;
        slot.Failure = failure;
        if (!slot.IsPrejudged)
        {
            if (!source.Respond(slot.Event.Handle, verdict)) counters.Count(VerdictFailure.ResponseWriteFailed);
            counters.Count(by, verdict);
        }
        slot.AnsweredAt = time.GetTimestamp();
        slot.MarkAnswered();
    }

    private void Conclude(PendingVerdict slot)
    {
        if (slot.IsPrejudged) _prejudging--;
        Concluded?.Invoke(slot);
        source.Release(slot.Event.Handle);
        Pending.Release(slot);
    }

    private void CountMissed(PendingVerdict slot)
    {
        counters.Count(VerdictFailure.DeadlineMissed);
        for (int i = 0; i < slot.VoteCount; i++)
        {
            ref var vote = ref slot.Votes[i];
            if (vote.Session is not { } session || vote.Failed || vote.Verdict != Verdict.None) continue;
            session.Missed++;
            if (HadTime(slot, vote)) Tell(session, session.Standing.MissDeadline(vote.AskedAt, slot.AnsweredAt), "no answer in time");
        }
    }

    // A product that was asked late, since the file had to be read first, is not to blame for what was left of the time.
    private static bool HadTime(PendingVerdict slot, in VoteSlot vote) =>
        slot.IsPrejudged || (slot.DeadlineAt - vote.AskedAt) * 2 >= slot.DeadlineAt - slot.Event.ArrivedAt;

    private void Tell(ProductSession session, StandingStep step, string why) => sessions.Standings.Tell(session.Name, step, why);

    private void Fail(PendingVerdict slot, ref VoteSlot vote, VerdictFailure failure)
    {
        vote.Failed = true;
        slot.Failure = failure;
        counters.Count(failure);
    }

    private void Refuse(ProductSession session, VerdictFailure failure)
    {
        session.Refused++;
        counters.Count(failure);
        // An answer that comes late has been counted against the product already, as a deadline missed.
        if (failure == VerdictFailure.LateReply) return;
        Tell(session, session.Standing.SendNonsense(), failure == VerdictFailure.MalformedReply ? "a malformed frame" : "an answer to what it was not asked");
    }

    private static Verdict ByOnFailure(PendingVerdict slot) => slot.OnFailure == OnFailure.Closed ? Verdict.Deny : Verdict.Allow;
}
