using System.Runtime.CompilerServices;
using Outwork.Broker.Execution;
using Outwork.Broker.Processes;
using Outwork.Broker.Rules;
using Outwork.Broker.Sessions;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Verdicts;

/// <summary>
/// Judges AUTH events: Outwork's own processes pass (R4), then the cache, the rules and the products are asked in this
/// order, and whoever comes first answers, once (R1). Pure: it knows the operating system only through the seams it is
/// given. Reactor thread only; <see cref="ProductPoll.ExpireOverdue"/> may run beside it.
/// </summary>
public sealed class VerdictEngine
{
    private readonly VerdictEngineOptions _options;
    private readonly IAuthSource _source;
    private readonly IProcessDirectory _processes;
    private readonly IExecutionClassifier _classifier;
    private readonly IContentReader _reader;
    private readonly TimeProvider _time;
    private readonly VerdictMemory _memory;
    private readonly SurvivingDenials _survivors;
    private readonly PolicyJudge _judge;
    private readonly AnswerDesk _desk;

    /// <summary>Composes an engine that allows everything until a policy is applied.</summary>
    public VerdictEngine(
        VerdictEngineOptions options, IAuthSource source, IProcessDirectory processes, IExecutionClassifier classifier,
        IContentReader reader, SessionRegistry sessions, TimeProvider time)
    {
        (_options, _source, _processes, _classifier, _reader, _time) = (options, source, processes, classifier, reader, time);
        _survivors = new SurvivingDenials(sessions);
        _memory = new VerdictMemory(options, source, Counters, _survivors, time);
        _judge = new PolicyJudge(processes);
        _desk = new AnswerDesk(source, Counters, LocalLatency, time);
        Journal = new DecisionJournal(options, sessions, time);
        Poll = new ProductPoll(options, source, sessions, Counters, time) { Concluded = OnConcluded };
    }

    /// <summary>What it counts.</summary>
    public VerdictCounters Counters { get; } = new();

    /// <summary>What it decided.</summary>
    public DecisionJournal Journal { get; }

    /// <summary>Where events wait for products.</summary>
    public ProductPoll Poll { get; }

    /// <summary>From an event's arrival to its answer, when nobody was asked.</summary>
    public LatencyHistogram LocalLatency { get; } = new("local");

    /// <summary>From an event's arrival to its answer, when products were asked.</summary>
    public LatencyHistogram ProductLatency { get; } = new("product");

    /// <summary>The policy in force.</summary>
    public CompiledPolicy Policy => _judge.Policy;

    /// <summary>Increases with each policy applied; 0 before the first.</summary>
    public ulong PolicyGeneration => _judge.Generation;

    /// <summary>How often each rule of the policy in force matched a decision.</summary>
    public RuleHits RuleHits => _judge.Hits;

    /// <summary>Puts a policy into force for all events from now on, and forgets all that was remembered under the old one.</summary>
    public void Apply(CompiledPolicy policy)
    {
        _judge.Apply(policy);
        _memory.PolicyApplied(isFirst: PolicyGeneration == 1);
        Forget();
    }

    /// <summary>Denials of an earlier process that may still count.</summary>
    public int Survivors => _survivors.Count;

    /// <summary>
    /// Takes over what an earlier process decided and denied, and keeps in the same place what this one will. Before the first policy.
    /// </summary>
    public void Restore(IVerdictStore store)
    {
        var stored = store.Read();
        Journal.Restore(stored);
        _survivors.Load(stored.Denials);
        Journal.Store = _memory.Store = store;
    }

    /// <summary>Forgets every remembered verdict, here and in the operating system. Called when policy or content changes.</summary>
    public void Forget() => _memory.Forget();

    /// <summary>The source lost events, and with them perhaps the news that content changed: it is counted, and all is forgotten.</summary>
    public void LoseEvents(VerdictFailure how)
    {
        Counters.Count(how);
        Forget();
    }

    /// <summary>A file's content changed in a way that the operating system's marks may have missed.</summary>
    public void ForgetFile(ulong device, ulong inode)
    {
        _memory.ForgetFile(device, inode);
        // What is being judged of it now may be about both contents.
        foreach (var slot in Poll.Pending.Slots)
        {
            if (slot.IsOpen && slot.Facts.Identity.Inode == inode && slot.Facts.Identity.Device == device) slot.MayCache = slot.MayMark = false;
        }
    }

    /// <summary>The decision that let the present content of a file run; 0 when none is known.</summary>
    public ulong DecisionOf(ulong device, ulong inode) => _memory.DecisionOf(device, inode);

    /// <summary>Judges one event. The handle is released by the engine, now or later.</summary>
    public void Handle(in AuthEvent e)
    {
        Counters.CountEvent();
        // The open that belongs to an execution comes as soon as its deadline has let it go, and must not wait for a second one.
        if (Poll.HasExpired) Poll.Sweep();
        if (_processes.IsOwn(e.Pid))
        {
            _desk.Answer(e, Verdict.Allow, VerdictSource.Own);
            return;
        }
        if (!_source.TryGetFacts(e.Handle, out var facts))
        {
            _desk.Fail(e, Policy.ReadFailure, VerdictFailure.FileUnreadable);
            return;
        }
        if (!Policy.HasOpenRules && TryConsumeFollowUp(e, facts.Identity))
        {
            _desk.Answer(e, Verdict.Allow, VerdictSource.Cache);
            return;
        }
        ref var cached = ref _memory.Find(facts.Identity);
        if (Unsafe.IsNullRef(ref cached) && _memory.TryRecall(e.Handle, facts, Policy.Print)) cached = ref _memory.Find(facts.Identity);
        if (!Unsafe.IsNullRef(ref cached) && cached.AsCode != Verdict.None && _judge.MayRemember(facts) && TryAnswerFromCache(e, facts, ref cached)) return;
        Judge(new EventContext { Event = e, Facts = facts, Content = _source.Classify(e.Handle, facts), Path = "" });
    }

    /// <summary>A worker has read the content of a file that waited for it.</summary>
    /// <param name="requestId">The slot's request.</param>
    /// <param name="content">What its first bytes say; Unknown when it could not be read.</param>
    /// <param name="sha256">Its hash, when a rule needs it.</param>
    public void ContentRead(ulong requestId, ContentClass content, byte[]? sha256)
    {
        var slot = Poll.Pending.SlotOf(requestId);
        if (slot is null || slot.RequestId != requestId || !slot.IsOpen) return;
        slot.AwaitsContent = false;
        if (content == ContentClass.Unknown || !_source.TryGetFacts(slot.Event.Handle, out var now))
        {
            Poll.DecideByFailure(slot, requestId, VerdictFailure.FileUnreadable);
            return;
        }
        var context = new EventContext { Event = slot.Event, Facts = now, Content = content, Path = slot.Path, Sha256 = sha256, Slot = slot };
        if (now.Identity == slot.Facts.Identity) Judge(context);
        else if (slot.IsRejudged) Poll.DecideByFailure(slot, requestId, VerdictFailure.ContentChanged);
        else
        {
            // What was read may be neither the old content nor the new.
            slot.IsRejudged = true;
            slot.Facts = now;
            ReadContent(context, withHash: sha256 is not null);
        }
    }

    private bool TryAnswerFromCache(in AuthEvent e, in FileFacts facts, ref CachedVerdict cached)
    {
        if (Policy.HasPathRules && _source.GetPath(e.Handle) != cached.Path) return false;
        if (!facts.IsSystemOwned && _source.HasWriter(e.Handle)) return false;
        if (e.Kind == EventKind.Open)
        {
            if (Policy.HasOpenRules) return false;
            if ((cached.AsCode == Verdict.Deny || Policy.HasViaRules) && UseOf(e, facts, cached.Path) is var use && (!use.IsCode || (Policy.HasViaRules && use.Via != cached.Via)))
                return false;
        }
        else if (Policy.HasViaRules && UseOf(e, facts, cached.Path).Via != cached.Via) return false;
        var verdict = cached.AsCode;
        _desk.Respond(e, verdict, VerdictSource.Cache);
        // An event about marked content means that the mark was lost under memory pressure: it is set again.
        if (verdict == Verdict.Allow && _judge.HoldsForEveryone(facts, cached.Path)) _memory.SetMark(e.Handle, facts);
        if (verdict == Verdict.Deny) Journal.RecordCached(e, facts, cached.Path, _processes.Find(e.Pid), cached.DecisionId, PolicyGeneration);
        _source.Release(e.Handle);
        return true;
    }

    private FileUse UseOf(in AuthEvent e, in FileFacts facts, string path) =>
        _classifier.Classify(e, _source.Classify(e.Handle, facts), path, _processes.Find(e.Pid));

    private void Judge(in EventContext found)
    {
        if (found.Content == ContentClass.Unknown)
        {
            ReadContent(found, withHash: false);
            return;
        }
        string path = found.Path.Length != 0 ? found.Path : _source.GetPath(found.Event.Handle);
        var subject = _processes.Find(found.Event.Pid);
        var context = new EventContext
        {
            Event = found.Event, Facts = found.Facts, Content = found.Content, Path = path, Subject = subject, Sha256 = found.Sha256,
            Slot = found.Slot, Via = _classifier.Classify(found.Event, found.Content, path, subject).Via,
        };
        bool hasOpenRules = found.Event.Kind == EventKind.Open && Policy.HasOpenRules;
        RuleDecision open = default;
        if (hasOpenRules)
        {
            open = _judge.Evaluate(EventKind.Open, context);
            if (open.NeedsHash) { ReadContent(context, withHash: true); return; }
            if (open.Rule is not null && (open.Action != RuleAction.Allow || context.Via == ExecVia.None))
            {
                CarryOut(EventKind.Open, context, open, mayCache: false);
                return;
            }
        }
        if (context.Via == ExecVia.None)
        {
            if (hasOpenRules) _judge.Count(EventKind.Open, context, open);
            OpenedAsData(context);
            return;
        }
        if (hasOpenRules && TryConsumeFollowUp(context.Event, context.Facts.Identity))
        {
            AllowFollowUp(context);
            return;
        }
        var decision = _judge.Evaluate(EventKind.Exec, context);
        if (decision.NeedsHash)
        {
            ReadContent(context, withHash: true);
            return;
        }
        if (hasOpenRules) _judge.Count(EventKind.Open, context, open);
        CarryOut(EventKind.Exec, context, decision, mayCache: !decision.DependsOnSubject && !hasOpenRules);
    }

    // Also while the deadline guard, on its own thread, has not said yet that it has let the execution through.
    private bool TryConsumeFollowUp(in AuthEvent e, in FileIdentity identity) =>
        _memory.TryConsumeFollowUp(e, identity) || (e.Kind == EventKind.Open && Poll.HasExpired && Poll.TryFollow(e.Pid, identity));

    // The open that belongs to an execution which was just allowed; the open rules have been asked.
    private void AllowFollowUp(in EventContext context)
    {
        if (context.Slot is not { } slot)
        {
            _desk.Answer(context.Event, Verdict.Allow, VerdictSource.Cache);
            return;
        }
        slot.IsUnrecorded = true;
        Poll.Decide(slot, slot.RequestId, Verdict.Allow, VerdictSource.Cache, VerdictFailure.None);
    }

    // Does what the rules say: an answer at once, or a question to products.
    private void CarryOut(EventKind kind, in EventContext context, in RuleDecision decision, bool mayCache)
    {
        var slot = context.Slot;
        ulong requestId = slot?.RequestId ?? 0;
        if (slot is null)
        {
            slot = Poll.TryReserve(UserOf(context.Subject), out requestId);
            if (slot is null)
            {
                _desk.Fail(context.Event, decision.OnFailure, VerdictFailure.TooManyPending);
                return;
            }
        }
        _judge.Count(kind, context, decision);
        bool isOpen = slot.RequestId == requestId;
        slot.Fill(context, decision, _memory.Epoch, DeadlineOf(context.Event.ArrivedAt, decision.DeadlineMs));
        slot.MayCache = mayCache && _judge.MayRemember(context.Facts) && _memory.MayRemember(context.Event.Handle, context.Facts);
        slot.MayMark = slot.MayCache && _judge.HoldsForEveryone(context.Facts, context.Path);
        if (!isOpen) Poll.Open(slot, requestId);
        if (decision.Action == RuleAction.Ask) Poll.Ask(slot, kind, decision.Products);
        else Poll.Decide(slot, requestId, decision.Action == RuleAction.Deny ? Verdict.Deny : Verdict.Allow,
            decision.Rule is null ? VerdictSource.Default : VerdictSource.Rule, VerdictFailure.None);
    }

    // A file opened by a program that does not run it. It is let through; a file opened again and again is judged as code
    // ahead of need, since only then may the operating system let everyone through without asking.
    private void OpenedAsData(in EventContext context)
    {
        if (context.Slot is { } waiting)
        {
            waiting.Fill(context, default, _memory.Epoch, waiting.DeadlineAt);
            waiting.IsUnrecorded = true;
            Poll.Decide(waiting, waiting.RequestId, Verdict.Allow, VerdictSource.Default, VerdictFailure.None);
            return;
        }
        var e = context.Event;
        _desk.Respond(e, Verdict.Allow, VerdictSource.Default);
        if (context.Content == ContentClass.Empty || Policy.HasOpenRules || !_judge.MayRemember(context.Facts)
            || !_memory.IsSettled(context.Facts) || !TryPrejudge(context))
            _source.Release(e.Handle);
    }

    // True when a product judges the file now, with its handle.
    private bool TryPrejudge(in EventContext context)
    {
        ref var known = ref _memory.FindOrAdd(context.Facts.Identity, context.Path);
        if (++known.DataOpens < _options.PrejudgeAfterOpens || known.PrejudgePending || known.AsCode != Verdict.None || !Poll.MayPrejudge) return false;
        known.DataOpens = 0;
        var question = new EventContext { Event = context.Event with { Pid = 0 }, Facts = context.Facts, Content = context.Content, Path = context.Path, Via = ExecVia.Script };
        var decision = _judge.Evaluate(EventKind.Exec, question);
        if (decision.NeedsHash || decision.DependsOnSubject || decision.Action == RuleAction.Deny || !_judge.HoldsForEveryone(context.Facts, context.Path)) return false;
        Counters.CountPrejudged();
        if (decision.Action == RuleAction.Allow)
        {
            if (_memory.Remember(context.Event.Handle, context.Facts.Identity, context.Path, ExecVia.Script, Verdict.Allow, 0)) _memory.SetMark(context.Event.Handle, context.Facts);
            return false;
        }
        if (Poll.TryReserve(user: 0, out ulong requestId) is not { } slot) return false;
        known.PrejudgePending = true;
        slot.Fill(question, decision, _memory.Epoch, DeadlineOf(_time.GetTimestamp(), _options.PrejudgeDeadlineMs));
        slot.IsPrejudged = slot.MayCache = slot.MayMark = true;
        Poll.Open(slot, requestId);
        Poll.Ask(slot, EventKind.Exec, decision.Products);
        return true;
    }

    // Hands the file to a worker: its content is not in memory, or a rule needs its hash.
    private void ReadContent(in EventContext context, bool withHash)
    {
        var slot = context.Slot;
        ulong requestId = slot?.RequestId ?? 0;
        if (slot is null)
        {
            slot = Poll.TryReserve(UserOf(context.Subject ?? _processes.Find(context.Event.Pid)), out requestId);
            if (slot is null)
            {
                _desk.Fail(context.Event, Policy.ReadFailure, VerdictFailure.TooManyPending);
                return;
            }
            slot.Fill(context, default, _memory.Epoch, DeadlineOf(context.Event.ArrivedAt, default(RuleDecision).DeadlineMs));
            slot.OnFailure = Policy.ReadFailure;
            Poll.Open(slot, requestId);
        }
        slot.AwaitsContent = true;
        if (_reader.TryRead(requestId, slot.Event.Handle, slot.Facts, withHash)) return;
        Poll.DecideByFailure(slot, requestId, VerdictFailure.TooManyPending);
    }

    // Every answer that went through a slot ends here, whoever gave it.
    private void OnConcluded(PendingVerdict slot)
    {
        bool wasAsked = slot.VoteCount != 0;
        if (!slot.IsPrejudged)
            (wasAsked ? ProductLatency : LocalLatency).Add((long)(_time.GetElapsedTime(slot.Event.ArrivedAt, slot.AnsweredAt).TotalMicroseconds * 1_000));
        ulong id = slot.IsUnrecorded ? 0 : Journal.Record(slot, PolicyGeneration);
        bool mayRemember = slot.MayCache && slot.IsCacheableVote && slot.Epoch == _memory.Epoch && slot.Failure == VerdictFailure.None
            && (slot.Facts.IsSystemOwned || !_source.HasWriter(slot.Event.Handle));
        bool isRemembered = mayRemember && _memory.Remember(slot.Event.Handle, slot.Facts.Identity, slot.Path, slot.Via, slot.Verdict, id);
        if (isRemembered && slot.Verdict == Verdict.Deny) _memory.KeepDenial(slot, Policy.Print, id);
        if (slot.IsPrejudged && slot.Failure == VerdictFailure.ProductDemoted) _memory.PrejudgeAgain(slot.Facts.Identity);
        if (slot.Verdict != Verdict.Allow) return;
        if (isRemembered)
        {
            if (slot.MayMark) _memory.SetMark(slot.Event.Handle, slot.Facts);
        }
        else if (slot.Event.Kind == EventKind.Exec && !slot.IsPrejudged && !slot.IsFollowed)
        {
            // Also after a failure: the same execution must not wait for a second deadline.
            _memory.Expect(slot.Event, slot.Facts.Identity, slot.Epoch, slot.AnsweredAt);
        }
    }

    // Whom nobody knows yet shares one place with all others of whom the same is true.
    private static uint UserOf(ProcessInfo? subject) => subject?.UserId ?? uint.MaxValue;

    private long DeadlineOf(long from, int milliseconds) => from + (milliseconds * _time.TimestampFrequency / 1_000);
}
