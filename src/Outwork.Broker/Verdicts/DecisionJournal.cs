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
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromSeconds(10);
    private ulong _told, _recorded;
    private ProductSession? _catchesUp;
    private long _catchesUpSince;

    /// <summary>Name of the session that keeps the record: what it was told is told, whoever else observes. Null: whoever observes.</summary>
    public string? Recorder { get; set; }

    /// <summary>Where decisions are kept beyond this process; null: nowhere.</summary>
    internal IVerdictStore? Store { get; set; }

    /// <summary>The latest decisions.</summary>
    public DecisionRing Ring { get; } = new(options.DecisionRingCapacity);

    /// <summary>Takes over what an earlier process decided. What it had not told is told to the first who subscribes.</summary>
    internal void Restore(StoredVerdicts stored)
    {
        Ring.Restore(stored.Decisions);
        _told = _recorded = Math.Min(stored.Told, Ring.LastId);
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
            Kind = slot.Kind,
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
            AheadOfNeed = slot.IsPrejudged,
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

    /// <summary>
    /// Tells subscribers up to <paramref name="most"/> decisions not told yet. True when some remain. What is made while nobody subscribes, or
    /// while <see cref="Recorder"/> is away, waits for it, as far as decisions are kept; what is not is counted as lost.
    /// </summary>
    public bool TellSubscribers(int most)
    {
        ulong last = Ring.LastId;
        if (last == _told && last == _recorded) return false;
        if (!sessions.AnyObserves(EventKind.Decision)) return false;
        var recorder = FindRecorder();
        // One that was away is told what it missed first, alone.
        if (recorder is not null && !CatchUp(recorder, ref most)) return most == 0;
        if (SkipLost(ref _told, Oldest) is var lost and not 0) sessions.CountLost(EventKind.Decision, lost);
        for (; most > 0 && _told < last; most--)
        {
            if (Ring.Find(++_told) is { } record) sessions.Notify(About(record));
        }
        if (recorder is not null || Recorder is null) Recorded(_told);
        return _told < last;
    }

    // True when it misses nothing any more. It goes on when the session has room, but nobody else waits for that for long.
    private bool CatchUp(ProductSession recorder, ref int most)
    {
        if (_recorded == _told) return true;
        if (recorder != _catchesUp) (_catchesUp, _catchesUpSince) = (recorder, time.GetTimestamp());
        ulong lost = SkipLost(ref _recorded, Math.Min(Oldest, _told));
        for (; most > 0 && _recorded < _told && recorder.Transport.HasAmpleRoom; most--)
        {
            if (Ring.Find(++_recorded) is { } record) sessions.Notify(recorder, About(record));
        }
        if (most > 0 && time.GetElapsedTime(_catchesUpSince) > CatchUpPatience) lost += SkipLost(ref _recorded, _told);
        if (lost != 0) recorder.CountLostForAll(EventKind.Decision, lost);
        Recorded(_recorded);
        if (_recorded < _told) return false;
        _catchesUp = null;
        return true;
    }

    // The latest decision that is no longer kept; 0 while all are.
    private ulong Oldest => Ring.LastId - Math.Min(Ring.LastId, (ulong)Ring.Capacity);

    private static ulong SkipLost(ref ulong told, ulong upTo)
    {
        ulong lost = upTo > told ? upTo - told : 0;
        told += lost;
        return lost;
    }

    private ProductSession? FindRecorder()
    {
        foreach (var session in sessions.All)
        {
            if (session.Name == Recorder && session.Observes(EventKind.Decision)) return session;
        }
        return null;
    }

    private static NotifyEvent About(DecisionRecord record) => new()
    {
        Kind = EventKind.Decision,
        Via = record.Via,
        TimeUnixNs = record.TimeUnixNs,
        File = record.File,
        DecisionId = record.Id,
        Decision = record,
    };

    private void Recorded(ulong id)
    {
        _recorded = id;
        Store?.KeepTold(id);
    }
}
