using Outwork.Broker.Processes;
using Outwork.Broker.Rules;
using Outwork.Broker.Sessions;
using Outwork.Broker.Verdicts;
using Outwork.BrokerHost.Reactor;
using Outwork.BrokerHost.Repair;
using Outwork.BrokerHost.Sessions;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Platform.Linux.Sessions;

namespace Outwork.BrokerHost;

/// <summary>What the broker knows while it runs. Belongs to the reactor's thread.</summary>
internal sealed class BrokerCore
{
    private readonly byte[] _frame = new byte[Contracts.Wire.FrameLimits.MaxReplyFrame];
    private readonly List<ProductConnection> _connections = [];
    private readonly IProcessEventSource? _telemetry;
    private readonly TimeProvider _time;
    private readonly ulong[] _seen = new ulong[16];
    private readonly ContentNews _contents;
    private LostEvents _lostTold;

    /// <summary>Composes it.</summary>
    public BrokerCore(
        VerdictEngine engine, SessionRegistry sessions, ProcessTable processes, IProcessEventSource? telemetry, ReactorFaults faults, TimeProvider time)
    {
        (Engine, Sessions, Processes, _telemetry, Faults, _time) = (engine, sessions, processes, telemetry, faults, time);
        Replay = new StateReplay(sessions, processes, time);
        _contents = new ContentNews(time);
        processes.Publish = OnProcessEvent;
    }

    /// <summary>Judges.</summary>
    public VerdictEngine Engine { get; }

    /// <summary>The connected products, and the agent.</summary>
    public SessionRegistry Sessions { get; }

    /// <summary>Every process of the machine.</summary>
    public ProcessTable Processes { get; }

    /// <summary>The policy in force, for status; null before the first.</summary>
    public PolicyStatus? PolicyStatus { get; private set; }

    /// <summary>All connections.</summary>
    public IReadOnlyList<ProductConnection> Connections => _connections;

    /// <summary>Process events lost so far.</summary>
    public LostEvents TelemetryLost => _telemetry?.Lost ?? default;

    /// <summary>Exceptions that were outlived.</summary>
    public ReactorFaults Faults { get; }

    /// <summary>Sessions ended because they sent too much that had to be refused.</summary>
    public ulong SessionsFlooding { get; private set; }

    /// <summary>Tells late subscribers what runs.</summary>
    public StateReplay Replay { get; }

    /// <summary>Repairs what losses did.</summary>
    public GapRepair? Repair { get; set; }

    /// <summary>Called with each execution of a file.</summary>
    public Action<NotifyEvent>? Executed { get; set; }

    /// <summary>Closes what may take long to close, on another thread. Closed here while this is null.</summary>
    public Action<IDisposable>? CloseElsewhere { get; set; }

    /// <summary>Connects a product, or the agent.</summary>
    public ProductConnection Connect(string name, int pid, BrokerSessionEndpoint endpoint)
    {
        var connection = new ProductConnection(name, pid, endpoint, Engine, _contents, _frame, _time);
        _connections.Add(connection);
        Sessions.Add(connection.Session);
        return connection;
    }

    /// <summary>Takes a product out; what it was still asked has failed.</summary>
    public void Disconnect(ProductConnection connection)
    {
        _connections.Remove(connection);
        if (connection.IsFlooding) SessionsFlooding++;
        Sessions.Remove(connection.Session);
        Replay.Forget(connection.Session);
        Engine.Poll.SessionEnded(connection.Session);
        // Its past verdicts stay valid: they were judged by content. It is judged anew when it comes back with other content.
        connection.Endpoint.HangUp();
        if (CloseElsewhere is { } close) close(connection);
        else connection.Dispose();
    }

    /// <summary>Puts a policy into force and returns its generation.</summary>
    public ulong ApplyPolicy(CompiledPolicy compiled, string source)
    {
        Engine.Apply(compiled);
        _telemetry?.SetMemoryExecPolicy(compiled.MemoryExec);
        PolicyStatus = new PolicyStatus(Engine.PolicyGeneration, compiled.RuleCount, source, NowUnixNs);
        Sessions.Notify(new NotifyEvent { Kind = EventKind.ContentChange, TimeUnixNs = NowUnixNs, Detail = $"policy generation {Engine.PolicyGeneration} from {source}" });
        return Engine.PolicyGeneration;
    }

    /// <summary>The products that a policy asks and that have not subscribed now.</summary>
    public string[] NotSubscribed(CompiledPolicy compiled) =>
        [.. compiled.Products.Where(name => !Sessions.All.Any(session => session.Name == name && session.IsSubscribed))];

    /// <summary>Tells subscribers that a product tried what its confinement refuses.</summary>
    public void TellRefusal(string product, int pid, string call, string target, int times) => Sessions.Notify(new NotifyEvent
    {
        Kind = EventKind.ConfinementRefusal,
        TimeUnixNs = NowUnixNs,
        Detail = $"{product} was refused {call}{(target.Length == 0 ? "" : " of ")}{target} in process {pid}" + (times == 1 ? "" : $", {times} times by now"),
    });

    /// <summary>A process and its ancestors, nearest first.</summary>
    public ProcessInfo[] Ancestry(ProcessId id) => Processes.Ancestry(id);

    /// <summary>Passes on process events that wait, and says how many.</summary>
    public int DrainTelemetry(int most) => _telemetry?.Drain(most, Processes) ?? 0;

    /// <summary>
    /// Forgets every remembered verdict when a product's content changed and its turn has come, and tells of it. To be called before
    /// verdicts are given.
    /// </summary>
    public void TakeContentChanges()
    {
        if (_contents.AnyWaits) _contents.Take(Sessions, Engine.Forget, TellContent);
    }

    /// <summary>Tells subscribers what was lost between the system and the broker since the last call, to each what it observes.</summary>
    public void TellTelemetryLoss()
    {
        var lost = TelemetryLost;
        Repair?.LookForLosses(lost);
        Replay.LookForLosses();
        if (lost == _lostTold) return;
        var told = _lostTold;
        _lostTold = lost;
        Engine.Counters.Count(VerdictFailure.TelemetryLost, (long)(lost.Total - told.Total));
        TellLost(EventKind.Fork, lost.Forks - told.Forks);
        TellLost(EventKind.Exec, lost.Execs - told.Execs);
        TellLost(EventKind.Exit, lost.Exits - told.Exits);
        if (lost.Unknown == told.Unknown) return;
        foreach (var session in Sessions.All)
        {
            if (session.ObservesProcesses) session.CountLostForAll(EventKind.None, lost.Unknown - told.Unknown);
        }
    }

    private long NowUnixNs => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    private void TellLost(EventKind kind, ulong events)
    {
        if (events != 0) Sessions.CountLost(kind, events);
    }

    private void TellContent(ProductSession session) => Sessions.Notify(new NotifyEvent
    {
        Kind = EventKind.ContentChange,
        TimeUnixNs = NowUnixNs,
        Detail = $"{session.Name} content {session.ContentVersion} (generation {session.ContentGeneration})",
    });

    /// <summary>Events of a kind seen by the telemetry.</summary>
    public ulong Seen(EventKind kind) => _seen[(int)kind];

    private void OnProcessEvent(NotifyEvent e)
    {
        if (!e.Reconstructed) _seen[(int)e.Kind]++;
        if (e.Kind == EventKind.Exec)
        {
            if (e.Via == ExecVia.Memory) RecordMemoryExecution(e);
            else
            {
                e = e with { DecisionId = Engine.DecisionOf(e.File.Device, e.File.Inode) };
                Executed?.Invoke(e);
            }
        }
        if (Sessions.AnyObserves(e.Kind)) Sessions.Notify(e);
    }

    // Nothing can wait here: the kernel program has ended the process already when the policy denies, and else it runs.
    private void RecordMemoryExecution(NotifyEvent e)
    {
        var process = e.Process!;
        var query = new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Memory, Path = process.Executable, User = process.UserId };
        var decision = Engine.Policy.Evaluate(query);
        Engine.RuleHits.Count(query, decision);
        if (decision.Rule is null && decision.WouldBeRule is null && !e.Ended) return;
        // What happened, not what the rules say now: a policy may be newer than the execution, and not every system can end it.
        var verdict = e.Ended ? Verdict.Deny : Verdict.Allow;
        bool isRule = decision.Rule is not null || e.Ended;
        bool isMissed = !e.Ended && decision.Rule is { Action: Contracts.Policy.RuleAction.Deny };
        Engine.Counters.Count(VerdictSource.Rule, verdict);
        Engine.Journal.Record(new DecisionRecord
        {
            Id = Engine.Journal.NextId,
            TimeUnixNs = e.TimeUnixNs,
            Kind = EventKind.Exec,
            Via = ExecVia.Memory,
            Path = process.Executable,
            File = e.File,
            ProcessId = process.Id,
            Pid = process.Pid,
            ParentPid = process.ParentPid,
            UserId = process.UserId,
            Executable = process.Executable,
            Verdict = verdict,
            Source = isRule ? VerdictSource.Rule : VerdictSource.Default,
            Rule = decision.Rule?.Id ?? decision.WouldBeRule,
            Stage = isRule ? RuleStage.Enforce : RuleStage.Audit,
            WouldBe = isMissed ? Verdict.Deny : decision.WouldBe,
            PolicyGeneration = Engine.PolicyGeneration,
        });
    }
}
