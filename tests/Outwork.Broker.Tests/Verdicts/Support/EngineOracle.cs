using Outwork.Broker.Rules;
using Outwork.Broker.Sessions;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Verdicts.Support;

/// <summary>
/// Plays random or given steps on an <see cref="EngineWorld"/> and holds each answer against what was said so far: which
/// products were asked and how they voted, what the policy in force says, what may be remembered.
/// </summary>
internal sealed class EngineOracle
{
    private const int Shadow = -1;
    private static readonly TimeSpan GuardPeriod = TimeSpan.FromMilliseconds(20);
    private readonly Dictionary<int, Round> _rounds = [];
    private readonly HashSet<(FileIdentity Identity, ExecVia Via, Verdict Verdict)> _mayRemember = [];
    private readonly Dictionary<(int Pid, FileIdentity Identity), long> _followUps = [];
    private readonly List<FakeAuthSource.Waiting> _answered = [];
    private List<FakeAuthSource.Waiting> _justAnswered = [];
    private readonly List<FakeProduct> _products = [];
    private readonly List<(FakeProduct Product, ulong RequestId, int Handle)> _asked = [];
    private readonly PolicyDocument[] _policies;
    private CompiledPolicy _policy = CompiledPolicy.AllowAll;

    public EngineOracle(FakeFile[] files, PolicyDocument[] policies, ProductStandingOptions? standing = null)
    {
        World = new EngineWorld(standing: standing);
        (Files, _policies) = (files, policies);
        World.Source.Answered = _answered.Add;
        foreach (var file in files) file.ChangedNs = 1;
        UsePolicy(0);
    }

    public EngineWorld World { get; }

    public FakeFile[] Files { get; }

    /// <summary>Questions asked so far; <see cref="Reply"/> names one of them.</summary>
    public int AskedCount => _asked.Count;

    /// <summary>Shadow questions asked: their answers decide nothing.</summary>
    public int Trials { get; private set; }

    /// <summary>How often each way of answering was seen: a run that never saw one proves nothing about it.</summary>
    public Dictionary<VerdictSource, int> Seen { get; } = [];

    private readonly Queue<string> _trace = [];

    /// <summary>What happened lately, for the message of a failed walk.</summary>
    public string Trace => string.Join('\n', _trace);

    private void Note(string what)
    {
        _trace.Enqueue(what);
        if (_trace.Count > 150) _trace.Dequeue();
    }

    public void UsePolicy(int index)
    {
        Note($"policy {index}");
        _policy = PolicyCompiler.Compile(_policies[index]);
        World.Engine.Apply(_policy);
        ForgetAll();
        Assert.Empty(World.Source.Marks);
    }

    public void Connect(string name)
    {
        if (_products.Exists(p => p.Session.Name == name)) return;
        Note($"connect {name}");
        var product = World.Connect(name);
        product.Asked = OnAsked;
        _products.Add(product);
    }

    public void Disconnect(string name)
    {
        if (_products.Find(p => p.Session.Name == name) is not { } product) return;
        Note($"disconnect {name}");
        _products.Remove(product);
        foreach (var round in _rounds.Values) round.End(product);
        Play(() => World.Disconnect(product));
    }

    public void SetOutcome(string name, Outwork.Broker.Sessions.AskOutcome outcome)
    {
        if (_products.Find(p => p.Session.Name == name) is { } product) product.Outcome = outcome;
    }

    public void LoadContent(string name)
    {
        if (_products.Find(p => p.Session.Name == name) is not { } product) return;
        Note($"content of {name}");
        Assert.True(product.Session.TakeContent(new(product.Session.ContentGeneration + 1, "", "")));
        World.Engine.Forget();
        ForgetAll();
    }

    public void Write(FakeFile file, bool isTold)
    {
        Note($"write {file.Identity.Inode}");
        World.Write(file, isTold);
        if (!isTold) return;
        foreach (var round in _rounds.Values) round.IsStale |= round.File == file;
    }

    public void Raise(EventKind kind, FakeFile file, int pid)
    {
        // The kernel lets marked content through by itself, and never those whom a rule or product would refuse.
        if (World.Source.Marks.Contains(file.Identity)) return;
        var before = Sources();
        var expected = Expected(kind, file, pid);
        bool follows = kind == EventKind.Open && _followUps.TryGetValue((pid, file.Identity), out long until) && until >= World.Time.GetTimestamp();
        FakeAuthSource.Waiting raised = null!;
        Note($"{kind} of {file.Identity.Inode} {file.Path} by {pid}");
        Play(() => raised = World.Raise(kind, file, pid));
        Note($"  {raised.Event.Handle}: {raised.Answer}");
        if (raised.Answer == Verdict.None || _rounds.ContainsKey(raised.Event.Handle)) return;
        var source = Sources().First(s => s.Value != before[s.Key]).Key;
        Assert.True(IsRight(source, raised, expected, follows), $"{source} answered {raised.Answer} to {kind} of {file.Path} by {pid}; expected {expected.Action}");
        if (expected.HoldsForAll && source is VerdictSource.Rule or VerdictSource.Default && expected.Use != ExecVia.None)
            MayRemember(file.Identity, expected.Use, raised.Answer);
        if (kind == EventKind.Open && source == VerdictSource.Cache) _followUps.Remove((pid, file.Identity));
    }

    /// <summary>A product answers a question it was once asked, whether or not anybody still waits for it.</summary>
    public void Reply(int which, Verdict verdict, bool cacheable, bool sameContent = true)
    {
        if (_asked.Count == 0) return;
        var (product, requestId, handle) = _asked[which % _asked.Count];
        if (handle == Shadow)
        {
            ReplyOnTrial(product, requestId, verdict);
            return;
        }
        long refused = Refused();
        Note($"{product.Session.Name} replies {verdict} {cacheable} {sameContent} to {handle}");
        bool counts = _products.Contains(product) && _rounds[handle].Take(product, requestId, verdict, cacheable && sameContent, World.Source.Events[handle]);
        if (counts && _rounds[handle].MayBeRemembered is { } outcome) MayRemember(_rounds[handle].Identity, _rounds[handle].Via, outcome);
        ulong generation = product.Session.ContentGeneration - (sameContent ? 0ul : 1ul);
        if (_products.Contains(product)) Play(() => World.Engine.Poll.TakeReply(product.Session, new AuthReply(requestId, verdict, cacheable, generation, "")));
        else return;
        Assert.Equal(refused + (counts ? 0 : 1), Refused());
    }

    private void ReplyOnTrial(FakeProduct product, ulong requestId, Verdict verdict)
    {
        if (!_products.Contains(product)) return;
        Note($"{product.Session.Name} replies {verdict} on trial");
        Play(() => World.Engine.Poll.TakeReply(product.Session, new AuthReply(requestId, verdict, true, product.Session.ContentGeneration, "")));
        Assert.Empty(_answered);
    }

    public void FinishReading(bool succeeds)
    {
        if (World.Reading == 0) return;
        Note("read");
        var before = Sources();
        Play(() => World.FinishReading(succeeds));
        // What a rule said once the hash was known may be remembered; the rules themselves are tested elsewhere.
        foreach (var e in _justAnswered.Where(e => DecidedByRule(before) && !_rounds.ContainsKey(e.Event.Handle)))
            MayRemember(e.File.Identity, EngineWorld.Use(e.Event.Kind, e.File.Content, ""), e.Answer);
    }

    public void Wait(int milliseconds)
    {
        Note($"wait {milliseconds}");
        World.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        Play(() => World.Engine.Poll.ExpireOverdue(GuardPeriod));
        long limit = World.Time.GetTimestamp() + GuardPeriod.Ticks;
        foreach (var (handle, round) in _rounds)
        {
            if (World.Source.Events[handle].Answer == Verdict.None) Assert.True(round.DeadlineAt > limit, $"event {handle} waits past its deadline");
        }
    }

    public void Sweep()
    {
        Note("sweep");
        Play(World.Engine.Poll.Sweep);
    }

    private void Play(Action step)
    {
        _answered.Clear();
        step();
        foreach (var e in _answered)
        {
            if (_rounds.TryGetValue(e.Event.Handle, out var round) && !round.IsPrejudged) CheckRound(e, round);
            if (e.Event.Kind == EventKind.Exec && e.Answer == Verdict.Allow) 
                _followUps[(e.Event.Pid, e.File.Identity)] = World.Time.GetTimestamp() + TimeSpan.FromSeconds(2).Ticks;
        }
        _justAnswered = [.. _answered];
    }

    /// <summary>To be called after each step.</summary>
    public void CheckMarks()
    {
        foreach (var mark in World.Source.Marks)
        {
            var file = Files.First(f => f.Identity == mark);
            bool isAllowedByRule = _policy.Evaluate(new RuleQuery
            {
                Kind = EventKind.Exec, Via = ExecVia.Script, Path = file.Path, Sha256 = file.Sha256, Owner = file.Owner, ParentExecutable = "",
            }).Action == RuleAction.Allow;
            Assert.True(
                isAllowedByRule || _mayRemember.Contains((mark, ExecVia.None, Verdict.Allow)), "content is marked in the kernel that nobody allowed for good");
            Assert.Equal(0u, file.Owner);
        }
    }

    private static void CheckRound(FakeAuthSource.Waiting e, Round round)
    {
        var byOnFailure = round.OnFailure == OnFailure.Closed ? Verdict.Deny : Verdict.Allow;
        if (round.IsDenied) Assert.Equal(Verdict.Deny, e.Answer);
        else if (round.IsAllowed && !e.File.IsUnreadable && e.File.Identity == round.Identity && !round.MayChangeUnseen) Assert.Equal(Verdict.Allow, e.Answer);
        else Assert.Equal(byOnFailure, e.Answer);
    }

    private bool IsRight(VerdictSource source, FakeAuthSource.Waiting e, Expectation expected, bool follows)
    {
        Seen[source] = Seen.GetValueOrDefault(source) + 1;
        return source switch
        {
            VerdictSource.Own => e.Event.Pid == EngineWorld.OwnPid && e.Answer == Verdict.Allow,
            VerdictSource.Failure => e.Answer is var answer && (answer == Of(expected.OnFailure) || answer == Of(_policy.ReadFailure)),
            VerdictSource.Rule => expected.Action != RuleAction.Ask && e.Answer == Of(expected.Action),
            VerdictSource.Default => e.Answer == Verdict.Allow && expected.Action == RuleAction.Allow,
            VerdictSource.Cache => (follows && e.Answer == Verdict.Allow) || (expected.Action == RuleAction.Ask
                ? _mayRemember.Contains((e.File.Identity, Via(expected.Use), e.Answer))
                : e.Answer == Of(expected.Action)),
            _ => false,
        };
    }

    // What the policy says to the event when everything is known.
    private Expectation Expected(EventKind kind, FakeFile file, int pid)
    {
        var subject = ((Outwork.Broker.Processes.IProcessDirectory)World).Find(pid);
        var use = EngineWorld.Use(kind, file.Content, subject?.Executable);
        if (kind == EventKind.Open && _policy.HasOpenRules)
        {
            var open = Evaluate(EventKind.Open);
            if (open.Rule is not null && (open.Action != RuleAction.Allow || use == ExecVia.None)) return new(open.Action, open.OnFailure, use, HoldsForAll: false);
        }
        if (use == ExecVia.None) return new(RuleAction.Allow, OnFailure.Open, use, HoldsForAll: true);
        var exec = Evaluate(EventKind.Exec);
        return new(exec.Action, exec.OnFailure, use, !exec.DependsOnSubject && (kind == EventKind.Exec || !_policy.HasOpenRules));

        RuleDecision Evaluate(EventKind asKind) => _policy.Evaluate(new RuleQuery
        {
            Kind = asKind, Via = use, Path = file.Path, Sha256 = file.Sha256, Owner = file.Owner, User = subject?.UserId,
            Executable = subject?.Executable, ParentExecutable = "",
        });
    }

    private void OnAsked(FakeProduct product, AuthQuestion question, int handle)
    {
        var e = World.Source.Events[handle];
        Assert.False(e.IsReleased);
        Assert.Equal(e.File.Identity, question.File);
        Assert.Equal(product.Session.Standing.IsDemoted, question.IsShadow);
        if (question.IsShadow)
        {
            Trials++;
            _asked.Add((product, question.RequestId, Shadow));
            return;
        }
        bool isAskedAnew = _rounds.TryGetValue(handle, out var round) && (round.Identity != question.File || round.HasAsked(product.Session.Name));
        if (round is null || isAskedAnew)
        {
            var expected = Expected(e.Event.Kind, e.File, e.Event.Pid);
            _rounds[handle] = round = new Round
            {
                File = e.File,
                Identity = question.File,
                // Asked anew is the rule that asked before, whatever the policy says by now.
                OnFailure = round?.OnFailure ?? expected.OnFailure,
                DeadlineAt = question.DeadlineNs / 100,
                IsPrejudged = question.IsPrejudged,
                IsStale = round is not null || !expected.HoldsForAll,
                Via = question.Via,
                Products = round?.Products ?? ProductsOf(question, e),
            };
        }
        round.Asked.Add((product, question.RequestId));
        _asked.Add((product, question.RequestId, handle));
    }

    private string[] ProductsOf(AuthQuestion question, FakeAuthSource.Waiting e) => _policy.Evaluate(new RuleQuery
    {
        Kind = question.Kind, Via = question.Via, Path = e.File.Path, Sha256 = e.File.Sha256, Owner = e.File.Owner, User = question.UserId,
        Executable = question.Executable, ParentExecutable = "",
    }).Products.ToArray();

    // Rules that look at how code comes to run may say something else about the same content run in another way.
    private ExecVia Via(ExecVia via) => _policy.HasViaRules ? via : ExecVia.None;

    private void MayRemember(in FileIdentity identity, ExecVia via, Verdict verdict) => _mayRemember.Add((identity, Via(via), verdict));

    private void ForgetAll()
    {
        _mayRemember.Clear();
        _followUps.Clear();
        foreach (var round in _rounds.Values) round.IsStale = true;
    }

    private long Refused() => World.Counters.Of(VerdictFailure.LateReply) + World.Counters.Of(VerdictFailure.UnknownReply);

    private bool DecidedByRule(Dictionary<VerdictSource, long> before) =>
        Sources() is var now && (now[VerdictSource.Rule] != before[VerdictSource.Rule] || now[VerdictSource.Default] != before[VerdictSource.Default]);

    private Dictionary<VerdictSource, long> Sources() =>
        Enum.GetValues<VerdictSource>().ToDictionary(static s => s, s => World.Counters.Of(s, Verdict.Allow) + World.Counters.Of(s, Verdict.Deny));

    private static Verdict Of(RuleAction action) => action == RuleAction.Deny ? Verdict.Deny : Verdict.Allow;

    private static Verdict Of(OnFailure onFailure) => onFailure == OnFailure.Closed ? Verdict.Deny : Verdict.Allow;

    private readonly record struct Expectation(RuleAction Action, OnFailure OnFailure, ExecVia Use, bool HoldsForAll);

    /// <summary>One question to the products of a rule.</summary>
    private sealed class Round
    {
        private readonly Dictionary<string, (Verdict Verdict, bool Cacheable)> _votes = [];
        private bool _failed;

        public required FakeFile File { get; init; }

        public required FileIdentity Identity { get; init; }

        public required OnFailure OnFailure { get; init; }

        public required long DeadlineAt { get; init; }

        public required bool IsPrejudged { get; init; }

        public required ExecVia Via { get; init; }

        public required string[] Products { get; init; }

        /// <summary>True when policy or content changed since: the outcome may not be remembered.</summary>
        public bool IsStale { get; set; }

        public List<(FakeProduct Product, ulong RequestId)> Asked { get; } = [];

        public bool IsDenied => _votes.ContainsValue((Verdict.Deny, true)) || _votes.ContainsValue((Verdict.Deny, false));

        public bool IsAllowed => !_failed && !IsDenied && Products.All(p => _votes.TryGetValue(p, out var v) && v.Verdict == Verdict.Allow);

        public bool HasAsked(string product) => Asked.Exists(a => a.Product.Session.Name == product);

        public bool MayChangeUnseen => Via != ExecVia.None && File is { Owner: not 0, HasWriter: true };

        public Verdict? MayBeRemembered =>
            IsStale || _failed || !Products.All(p => _votes.TryGetValue(p, out var v) && v.Cacheable) ? null : IsDenied ? Verdict.Deny : IsAllowed ? Verdict.Allow : null;

        public bool Take(FakeProduct product, ulong requestId, Verdict verdict, bool cacheable, FakeAuthSource.Waiting e)
        {
            if (e.IsReleased || (e.Answer != Verdict.None && !IsPrejudged)) return false;
            if (!Asked.Contains((product, requestId)) || !_votes.TryAdd(product.Session.Name, (verdict, cacheable))) return false;
            _failed |= verdict == Verdict.None;
            return true;
        }

        public void End(FakeProduct product)
        {
            if (!Asked.Exists(a => a.Product == product)) return;
            if (_votes.TryAdd(product.Session.Name, (Verdict.None, false))) _failed = true;
        }
    }
}
