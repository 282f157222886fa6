using Outwork.Contracts.Control;

namespace Outwork.Agent;

/// <summary>Everything the agent counts. Any thread.</summary>
internal sealed class AgentCounters
{
    private readonly long[] _values = new long[Enum.GetValues<AgentCounter>().Length];

    /// <summary>Adds.</summary>
    public void Add(AgentCounter counter, long times = 1) => Interlocked.Add(ref _values[(int)counter], times);

    /// <summary>The value now.</summary>
    public long this[AgentCounter counter] => Volatile.Read(ref _values[(int)counter]);

    /// <summary>All, by stable name.</summary>
    public CounterStatus[] Snapshot()
    {
        AgentCounter[] counters = Enum.GetValues<AgentCounter>();
        return [.. counters.Select(counter => new CounterStatus(NameOf(counter), (ulong)this[counter]))];
    }

    /// <summary>Stable name of a counter; docs/export.md lists them.</summary>
    public static string NameOf(AgentCounter counter) => counter switch
    {
        AgentCounter.Events => "agent.events",
        AgentCounter.FramesRefused => "agent.frames-refused",
        AgentCounter.ControlRequests => "agent.control-requests",
        AgentCounter.ControlForbidden => "agent.control-forbidden",
        AgentCounter.ControlBusy => "agent.control-busy",
        AgentCounter.ControlMalformed => "agent.control-malformed",
        AgentCounter.WatchLost => "agent.watch-lost",
        AgentCounter.PolicyFallback => "agent.policy-fallback",
        AgentCounter.ExportRecords => "export.records",
        AgentCounter.ExportBytes => "export.bytes",
        AgentCounter.ExportEventsShed => "export.events-shed",
        AgentCounter.ExportDecisionsShed => "export.decisions-shed",
        AgentCounter.ExportWriteErrors => "export.write-errors",
        AgentCounter.ExportRecordsLost => "export.records-lost",
        AgentCounter.ExportRotations => "export.rotations",
        AgentCounter.OtlpRequests => "otlp.requests",
        AgentCounter.OtlpFailures => "otlp.failures",
        AgentCounter.OtlpShed => "otlp.shed",
        AgentCounter.UpdateChecks => "updates.checks",
        AgentCounter.UpdateRefusals => "updates.refusals",
        AgentCounter.UpdatesUnchanged => "updates.unchanged",
        AgentCounter.ContentActivated => "updates.activated",
        AgentCounter.ContentRejected => "updates.rejected",
        AgentCounter.ContentRolledBack => "updates.rolled-back",
        AgentCounter.ContentCommitted => "updates.committed",
        AgentCounter.RecordingLinesRefused => "recording.lines-refused",
        _ => throw new ArgumentOutOfRangeException(nameof(counter), counter, "has no name"),
    };
}

/// <summary>What the agent counts.</summary>
internal enum AgentCounter
{
    /// <summary>Events taken from the broker.</summary>
    Events,

    /// <summary>Frames of the broker that did not decode.</summary>
    FramesRefused,

    /// <summary>Requests served on the control socket.</summary>
    ControlRequests,

    /// <summary>Peers sent away: neither root nor in the group.</summary>
    ControlForbidden,

    /// <summary>Peers sent away: too many connections.</summary>
    ControlBusy,

    /// <summary>Requests that are no JSON, too long, or unknown.</summary>
    ControlMalformed,

    /// <summary>Events that a watcher was too slow for; each told to it as a gap.</summary>
    WatchLost,

    /// <summary>Policies that could not be used at start.</summary>
    PolicyFallback,

    /// <summary>Records written to the export file.</summary>
    ExportRecords,

    /// <summary>Bytes written to the export file.</summary>
    ExportBytes,

    /// <summary>Process events dropped because the queue was full.</summary>
    ExportEventsShed,

    /// <summary>Decisions dropped because the queue was full of decisions.</summary>
    ExportDecisionsShed,

    /// <summary>Failed writes, opens and rotations.</summary>
    ExportWriteErrors,

    /// <summary>Records of failed writes.</summary>
    ExportRecordsLost,

    /// <summary>Rotations of the export file.</summary>
    ExportRotations,

    /// <summary>OTLP requests sent.</summary>
    OtlpRequests,

    /// <summary>OTLP requests that were not accepted.</summary>
    OtlpFailures,

    /// <summary>Events dropped because the OTLP queue was full.</summary>
    OtlpShed,

    /// <summary>Times that the repository was asked.</summary>
    UpdateChecks,

    /// <summary>Of those, that nothing could be had or trusted.</summary>
    UpdateRefusals,

    /// <summary>Times that the server said that nothing has changed.</summary>
    UpdatesUnchanged,

    /// <summary>Content put in force.</summary>
    ContentActivated,

    /// <summary>Content that failed its trial.</summary>
    ContentRejected,

    /// <summary>Content that failed in force.</summary>
    ContentRolledBack,

    /// <summary>Content that proved itself.</summary>
    ContentCommitted,

    /// <summary>Damaged lines of the recording.</summary>
    RecordingLinesRefused,
}
