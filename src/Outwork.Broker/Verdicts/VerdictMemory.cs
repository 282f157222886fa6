using System.Runtime.CompilerServices;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Verdicts;

/// <summary>
/// What is remembered of judgements, here and in the operating system. A mark in the operating system lets everyone through
/// unseen, so it is set only for a verdict that holds for everyone, at every path, until the content changes. Reactor only.
/// </summary>
internal sealed class VerdictMemory(
    VerdictEngineOptions options, IAuthSource source, VerdictCounters counters, SurvivingDenials survivors, TimeProvider time)
{
    private readonly VerdictCache _cache = new(options.CacheCapacity);
    private readonly FollowUps _followUps = new(options.FollowUpMs * time.TimestampFrequency / 1_000);

    public ulong Epoch => _cache.Epoch;

    public void Forget()
    {
        _cache.Invalidate();
        source.FlushCacheMarks();
    }

    /// <summary>Where denials are kept beyond this process; null: nowhere.</summary>
    public IVerdictStore? Store { get; set; }

    public void ForgetFile(ulong device, ulong inode)
    {
        _cache.Forget(device, inode);
        survivors.Forget(device, inode);
        Store?.ForgetDenial(device, inode);
    }

    /// <summary>Denials of earlier processes count only under the policy that they were made under, until a second one comes.</summary>
    public void PolicyApplied(bool isFirst)
    {
        if (isFirst) return;
        survivors.Clear();
        Store?.ForgetDenials();
    }

    /// <summary>Remembers anew what an earlier process denied. True when it did.</summary>
    public bool TryRecall(int handle, in FileFacts facts, ulong policyPrint)
    {
        if (survivors.Count == 0 || !survivors.TryFind(facts.Identity, policyPrint, out var denial) || !MayRemember(handle, facts)) return false;
        return Remember(handle, facts.Identity, denial.Path, denial.Via, Verdict.Deny, denial.DecisionId);
    }

    /// <summary>Keeps a denial that was just remembered for the processes to come.</summary>
    public void KeepDenial(PendingVerdict slot, ulong policyPrint, ulong decisionId)
    {
        if (Store is null || policyPrint == 0) return;
        var judges = new JudgePrint[slot.VoteCount];
        for (int i = 0; i < judges.Length; i++) judges[i] = new JudgePrint(slot.Votes[i].Product, slot.Votes[i].Session?.ContentPrint ?? 0);
        Store.Keep(new RememberedDenial(slot.Facts.Identity, slot.Path, slot.Via, decisionId, policyPrint, judges));
    }

    public ulong DecisionOf(ulong device, ulong inode) => _cache.DecisionOf(device, inode);

    public ref CachedVerdict Find(in FileIdentity identity) => ref _cache.Find(identity);

    public ref CachedVerdict FindOrAdd(in FileIdentity identity, string path)
    {
        ref var known = ref _cache.Find(identity);
        return ref Unsafe.IsNullRef(ref known) ? ref _cache.Add(identity, path) : ref known;
    }

    /// <summary>
    /// Remembers a verdict about this content; true when that is what is remembered now. Two questions about the same content, used in
    /// the same way, may be open at once and be answered differently: then the denial counts, whichever came first.
    /// </summary>
    public bool Remember(int handle, in FileIdentity identity, string path, ExecVia via, Verdict verdict, ulong decisionId)
    {
        ref var known = ref _cache.Find(identity);
        if (!Unsafe.IsNullRef(ref known))
        {
            known.PrejudgePending = false;
            if (known.AsCode == Verdict.Deny && verdict == Verdict.Allow && known.Via == via && known.Path == path) return false;
            if (known.AsCode == Verdict.Allow && verdict == Verdict.Deny) source.RemoveCacheMark(handle);
        }
        ref var entry = ref _cache.Add(identity, path);
        (entry.AsCode, entry.Via, entry.DecisionId) = (verdict, via, decisionId);
        return true;
    }

    /// <summary>Nobody could be asked about this content ahead of need: it may be tried again.</summary>
    public void PrejudgeAgain(in FileIdentity identity)
    {
        ref var entry = ref _cache.Find(identity);
        if (!Unsafe.IsNullRef(ref entry)) entry.PrejudgePending = false;
    }

    public void Expect(in AuthEvent e, in FileIdentity identity, ulong epoch, long answeredAt) => _followUps.Expect(e.Pid, identity, epoch, answeredAt);

    public bool TryConsumeFollowUp(in AuthEvent e, in FileIdentity identity) =>
        e.Kind == EventKind.Open && _followUps.TryConsume(e.Pid, identity, Epoch, e.ArrivedAt);

    public void SetMark(int handle, in FileFacts facts)
    {
        if (source.TrySetCacheMark(handle, facts)) counters.CountMark();
        else counters.Count(VerdictFailure.CacheMarkFailed);
    }

    /// <summary>
    /// True when a verdict about this content may be remembered at all. A file that others can write is remembered only while
    /// nobody has it open for writing, and its writers are watched: a write through a mapping may leave no other trace.
    /// </summary>
    public bool MayRemember(int handle, in FileFacts facts) =>
        IsSettled(facts) && (facts.IsSystemOwned || (source.TryWatchWrites(handle) && !source.HasWriter(handle)));

    /// <summary>
    /// False for content that changed a moment ago: a second change within the same tick of the file system's clock would
    /// leave the same times behind (the problem that git calls racy).
    /// </summary>
    public bool IsSettled(in FileFacts facts)
    {
        long nowNs = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        long changedNs = Math.Max(facts.Identity.ChangedNs, facts.Identity.ModifiedNs);
        return nowNs - changedNs > options.SettleMs * 1_000_000L;
    }
}
