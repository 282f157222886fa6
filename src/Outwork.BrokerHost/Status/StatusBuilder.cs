using System.Reflection;
using Outwork.BrokerHost.Mounts;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Platform.Supervision;

namespace Outwork.BrokerHost.Status;

/// <summary>Puts the status together. Reactor thread only.</summary>
internal sealed class StatusBuilder(BrokerCore core, GuardedMounts mounts, HiddenMounts hidden, IReadOnlyList<MechanismStatus> mechanisms)
{
    private readonly List<ProcessStatus> _processes = [];

    /// <summary>When the guard began, ns since 1970 (UTC); 0 before.</summary>
    public long ProtectingSinceUnixNs { get; set; }

    /// <summary>True when this broker is not the warden's first.</summary>
    public bool IsRestart { get; private set; }

    /// <summary>The warden started a process.</summary>
    public void Started(ProcessStartedCommand started)
    {
        IsRestart |= started is { Role: ProcessRole.Broker, Restarts: > 0 };
        _processes.RemoveAll(p => p.Role == Word(started.Role) && p.Name == started.Name);
        _processes.Add(new ProcessStatus(Word(started.Role), started.Name, started.ProcessId, "running", started.UserId, started.Restarts));
    }

    /// <summary>A process has ended.</summary>
    public void Ended(int pid)
    {
        int index = _processes.FindIndex(p => p.Pid == pid);
        // A trial ends by itself, and another one comes only when somebody asks for it.
        if (index >= 0 && _processes[index].Role == Word(ProcessRole.Trial)) _processes.RemoveAt(index);
        else if (index >= 0) _processes[index] = _processes[index] with { State = "restarting", Pid = 0 };
    }

    /// <summary>The status of this moment.</summary>
    public StatusSnapshot Build() => new()
    {
        Version = typeof(StatusBuilder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0",
        Protecting = ProtectingSinceUnixNs != 0,
        ProtectingSinceUnixNs = ProtectingSinceUnixNs,
        Guarded = mounts.Guarded,
        NotGuarded = mounts.NotGuarded,
        Processes = [.. _processes],
        Mechanisms = [.. mechanisms],
        Products = [.. Products()],
        Policy = core.PolicyStatus,
        Counters = [.. Counters()],
        Latencies = [core.Engine.LocalLatency.Snapshot(), core.Engine.ProductLatency.Snapshot()],
    };

    private IEnumerable<ProductStatus> Products()
    {
        foreach (var connection in core.Connections) yield return connection.Session.Snapshot();
        foreach (var process in _processes)
        {
            if (process.Role == "product" && !core.Connections.Any(c => c.Session.Name == process.Name))
                yield return core.Sessions.Standings.Of(process.Name).Describe(new ProductStatus { Name = process.Name, State = "absent", Pid = process.Pid });
        }
    }

    private IEnumerable<CounterStatus> Counters()
    {
        foreach (var counter in core.Engine.Counters.Snapshot()) yield return counter;
        yield return new("reactor.faults", core.Faults.Count);
        yield return new("sessions.flooding", core.SessionsFlooding);
        yield return new("products.demoted", core.Sessions.Standings.Demotions);
        yield return new("products.returned", core.Sessions.Standings.Returns);
        yield return new("notify.shed.fork", core.Sessions.ShedOf(EventKind.Fork));
        yield return new("notify.shed.exec", core.Sessions.ShedOf(EventKind.Exec));
        yield return new("notify.shed.exit", core.Sessions.ShedOf(EventKind.Exit));
        yield return new("notify.shed.decision", core.Sessions.ShedOf(EventKind.Decision));
        yield return new("notify.shed.content-change", core.Sessions.ShedOf(EventKind.ContentChange));
        yield return new("notify.shed.demotion", core.Sessions.ShedOf(EventKind.Demotion));
        yield return new("notify.shed-of-noisiest", core.Sessions.ShedOfNoisiest);
        var lost = core.TelemetryLost;
        yield return new("telemetry.seen.fork", core.Seen(EventKind.Fork));
        yield return new("telemetry.seen.exec", core.Seen(EventKind.Exec));
        yield return new("telemetry.seen.exit", core.Seen(EventKind.Exit));
        yield return new("telemetry.lost.fork", lost.Forks);
        yield return new("telemetry.lost.exec", lost.Execs);
        yield return new("telemetry.lost.exit", lost.Exits);
        yield return new("telemetry.lost.unknown", lost.Unknown);
        yield return new("repair.completed", core.Repair?.Completed ?? 0);
        yield return new("repair.failed", core.Repair?.Failed ?? 0);
        yield return new("repair.reconstructed", core.Repair?.Reconstructed ?? 0);
        yield return new("replay.completed", core.Replay.Completed);
        yield return new("replay.reconstructed", core.Replay.Sent);
        yield return new("exec.unjudged", hidden.Unjudged);
        yield return new("mounts.found-hidden", hidden.Found);
        yield return new("processes.alive", (ulong)core.Processes.Alive);
        yield return new("verdicts.survivors", (ulong)core.Engine.Survivors);
        yield return new("decisions.last-id", core.Engine.Journal.Ring.LastId);
        yield return new("pending", (ulong)core.Engine.Poll.Pending.Count);
        foreach (var (rule, count) in core.Engine.RuleHits.Snapshot()) yield return new($"rule.{rule}", (ulong)count);
    }

    private static string Word(ProcessRole role) => role.ToString().ToLowerInvariant();
}
