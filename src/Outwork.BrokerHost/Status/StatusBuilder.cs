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
    private readonly Dictionary<string, ProductDownCommand> _down = new(StringComparer.Ordinal);

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

    /// <summary>A product has no process. What was told last stays until the next time: it explains why one that was started again is not heard of.</summary>
    public void Down(ProductDownCommand down) => _down[down.Name] = down;

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
        foreach (var connection in core.Connections)
        {
            var session = connection.Session;
            yield return session.IsSubscribed ? session.Snapshot() : session.Snapshot() with { Reason = $"it has not subscribed{LastEnding(session.Name)}" };
        }
        foreach (string name in _processes.Where(static p => p.Role == "product").Select(static p => p.Name).Union(_down.Keys))
        {
            if (!core.Connections.Any(c => c.Session.Name == name)) yield return core.Sessions.Standings.Of(name).Describe(WithoutSession(name));
        }
    }

    private ProductStatus WithoutSession(string name)
    {
        int pid = _processes.Find(p => p.Role == "product" && p.Name == name)?.Pid ?? 0;
        var (state, reason) = (_down.GetValueOrDefault(name), pid) switch
        {
            ({ IsFinal: true } refused, _) => ("not-started", refused.Reason),
            (_, not 0) => ("absent", $"it has no session{LastEnding(name)}"),
            ({ } down, _) => ("restarting", $"it {down.Reason}; it is started again"),
            _ => ("restarting", "it ended; it is started again"),
        };
        return new ProductStatus { Name = name, State = state, Pid = pid, Reason = reason };
    }

    private string LastEnding(string name) => _down.TryGetValue(name, out var down) ? $" since it was started again; before, it {down.Reason}" : "";

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
