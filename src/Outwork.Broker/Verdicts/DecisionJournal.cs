using Outwork.Broker.Sessions;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Verdicts;

/// <summary>
/// Keeps decisions for explain and tells them to subscribers later, when no event waits (R9). Reactor thread only, except
/// the ring's readers.
/// </summary>
public sealed class DecisionJournal(VerdictEngineOptions options, SessionRegistry sessions, TimeProvider time)
{
    private ulong _told;
    private bool _awaitsSubscriber;

    /// <summary>Where decisions are kept beyond this process; null: nowhere.</summary>
    internal IVerdictStore? Store { get; set; }

    /// <summary>The latest decisions.</summary>
    public DecisionRing Ring { get; } = new(options.DecisionRingCapacity);

    /// <summary>Takes over what an earlier process decided. What it had not told is told to the first who subscribes.</summary>
    internal void Restore(StoredVerdicts stored)
    {
        Ring.Restore(stored.Decisions);
        _told = Math.Min(stored.Told, Ring.LastId);
        _awaitsSubscriber = true;
    }

    /// <summary>Records a decision about an event, given its parts that are not in the event.</summary>
    public ulong Record(DecisionRecord record)
    {
        Ring.Add(record);
        Store?.Keep(record);
        return record.Id;
    }

    /// <summary>Id of the next decision.</summary>
    public ulong NextId => Ring.NextId;

    /// <summary>Records what was decided about a slot.</summary>
    internal ulong Record(PendingVerdict slot, ulong policyGeneration)
    {
        var votes = new ProductVote[slot.VoteCount];
        for (int i = 0; i < votes.Length; i++)
        {
            ref var vote = ref slot.Votes[i];
            double micros = vote.Verdict == Verdict.None ? 0 : time.GetElapsedTime(vote.AskedAt, vote.RepliedAt).TotalMicroseconds;
            votes[i] = new ProductVote(vote.Product, vote.Verdict, Math.Round(micros, 1), vote.Reason ?? (vote.Failed ? "no answer" : ""));
        }
        return Record(new DecisionRecord
        {
            Id = NextId,
            TimeUnixNs = UnixNs(slot.Event.ArrivedAt),
            Kind = slot.Via == ExecVia.None ? EventKind.Open : EventKind.Exec,
            Via = slot.Via,
            Path = slot.Path,
            File = slot.Facts.Identity,
            Sha256 = slot.Sha256,
            ProcessId = slot.Subject?.Id ?? ProcessId.Unknown,
            Pid = slot.Event.Pid,
            ParentPid = slot.Subject?.ParentPid ?? 0,
            UserId = slot.Subject?.UserId ?? 0,
            Executable = slot.Subject?.Executable ?? "",
            Verdict = slot.Verdict,
            Source = slot.Source,
            Rule = slot.Rule,
            WouldBe = slot.WouldBe,
            Failure = slot.Failure,
            Votes = votes,
            Microseconds = Math.Round(time.GetElapsedTime(slot.Event.ArrivedAt, slot.AnsweredAt).TotalMicroseconds, 1),
            PolicyGeneration = policyGeneration,
        });
    }

    /// <summary>Records a denial that an earlier decision about the same content decided.</summary>
    internal ulong RecordCached(in AuthEvent e, in FileFacts facts, string path, ProcessInfo? subject, ulong cachedFrom, ulong policyGeneration)
    {
        var origin = Ring.Find(cachedFrom);
        return Record(new DecisionRecord
        {
            Id = NextId,
            TimeUnixNs = UnixNs(e.ArrivedAt),
            Kind = origin?.Kind ?? EventKind.Exec,
            Via = origin?.Via ?? ExecVia.Direct,
            Path = path,
            File = facts.Identity,
            Sha256 = origin?.Sha256,
            ProcessId = subject?.Id ?? ProcessId.Unknown,
            Pid = e.Pid,
            ParentPid = subject?.ParentPid ?? 0,
            UserId = subject?.UserId ?? 0,
            Executable = subject?.Executable ?? "",
            Verdict = Verdict.Deny,
            Source = VerdictSource.Cache,
            Rule = origin?.Rule,
            Votes = origin?.Votes ?? [],
            Microseconds = Math.Round(time.GetElapsedTime(e.ArrivedAt).TotalMicroseconds, 1),
            CachedFrom = cachedFrom,
            PolicyGeneration = policyGeneration,
        });
    }

    /// <summary>Wall-clock time of a timestamp of the recent past, ns since 1970 (UTC).</summary>
    public long UnixNs(long timestamp) =>
        ((time.GetUtcNow() - DateTimeOffset.UnixEpoch - time.GetElapsedTime(timestamp)).Ticks) * 100;

    /// <summary>Tells subscribers up to <paramref name="most"/> decisions not told yet. True when some remain.</summary>
    public bool TellSubscribers(int most)
    {
        ulong last = Ring.LastId;
        if (last == _told) return false;
        if (!sessions.AnyObserves(EventKind.Decision))
        {
            if (!_awaitsSubscriber) Told(last);
            return false;
        }
        _awaitsSubscriber = false;
        if (last - _told > (ulong)Ring.Capacity)
        {
            ulong lost = last - _told - (ulong)Ring.Capacity;
            _told += lost;
            sessions.CountLost(EventKind.Decision, lost);
        }
        for (; most > 0 && _told < last; most--)
        {
            if (Ring.Find(++_told) is not { } record) continue;
            sessions.Notify(new NotifyEvent
            {
                Kind = EventKind.Decision,
                Via = record.Via,
                TimeUnixNs = record.TimeUnixNs,
                File = record.File,
                DecisionId = record.Id,
                Decision = record,
            });
        }
        Told(_told);
        return _told < last;
    }

    private void Told(ulong id)
    {
        _told = id;
        Store?.KeepTold(id);
    }
}
