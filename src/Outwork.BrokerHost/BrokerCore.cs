using Outwork.Broker.Processes;
using Outwork.Broker.Rules;
using Outwork.Broker.Sessions;
using Outwork.Broker.Verdicts;
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
    private ulong _telemetryLostTold;

    /// <summary>Composes it.</summary>
    public BrokerCore(VerdictEngine engine, SessionRegistry sessions, ProcessTable processes, IProcessEventSource? telemetry, TimeProvider time)
    {
        (Engine, Sessions, Processes, _telemetry, _time) = (engine, sessions, processes, telemetry, time);
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

    /// <summary>Connects a product, or the agent.</summary>
    public ProductConnection Connect(string name, int pid, BrokerSessionEndpoint endpoint)
    {
        var connection = new ProductConnection(name, pid, endpoint, Engine, _frame) { ContentChanged = OnContentChanged };
        _connections.Add(connection);
        Sessions.Add(connection.Session);
        return connection;
    }

    /// <summary>Takes a product out; what it was still asked has failed.</summary>
    public void Disconnect(ProductConnection connection)
    {
        _connections.Remove(connection);
        Sessions.Remove(connection.Session);
        Engine.Poll.SessionEnded(connection.Session);
        // Its past verdicts stay valid: they were judged by content. It is judged anew when it comes back with other content.
        connection.Dispose();
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

    /// <summary>A process and its ancestors, nearest first.</summary>
    public ProcessInfo[] Ancestry(ProcessId id) => Processes.Ancestry(id);

    /// <summary>Passes on process events that wait, and says how many.</summary>
    public int DrainTelemetry(int most) => _telemetry?.Drain(most, Processes) ?? 0;

    /// <summary>Tells subscribers what was lost between the system and the broker since the last call.</summary>
    public void TellTelemetryLoss()
    {
        ulong lost = TelemetryLost.Total;
        if (lost == _telemetryLostTold) return;
        ulong now = lost - _telemetryLostTold;
        _telemetryLostTold = lost;
        Engine.Counters.Count(VerdictFailure.TelemetryLost, (long)now);
        Sessions.CountLost(EventKind.Exec, now);
    }

    private long NowUnixNs => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    private void OnContentChanged(ProductSession session)
    {
        Engine.Forget();
        Sessions.Notify(new NotifyEvent
        {
            Kind = EventKind.ContentChange,
            TimeUnixNs = NowUnixNs,
            Detail = $"{session.Name} content {session.ContentVersion} (generation {session.ContentGeneration})",
        });
    }

    /// <summary>Events of a kind seen by the telemetry.</summary>
    public ulong Seen(EventKind kind) => _seen[(int)kind];

    private void OnProcessEvent(NotifyEvent e)
    {
        if (!e.Reconstructed) _seen[(int)e.Kind]++;
        if (e.Kind == EventKind.Exec)
        {
            if (e.Via == ExecVia.Memory) RecordMemoryExecution(e);
            else e = e with { DecisionId = Engine.DecisionOf(e.File.Device, e.File.Inode) };
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
        if (decision.Rule is null && decision.WouldBeRule is null) return;
        var verdict = decision.Rule is { Action: Contracts.Policy.RuleAction.Deny } ? Verdict.Deny : Verdict.Allow;
        Engine.Counters.Count(VerdictSource.Rule, verdict);
        Engine.Journal.Ring.Add(new DecisionRecord
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
            Source = decision.Rule is null ? VerdictSource.Default : VerdictSource.Rule,
            Rule = decision.Rule?.Id ?? decision.WouldBeRule,
            Stage = decision.Rule is null ? RuleStage.Audit : RuleStage.Enforce,
            WouldBe = decision.WouldBe,
            PolicyGeneration = Engine.PolicyGeneration,
        });
    }
}
