namespace Outwork.Broker.Processes;

/// <summary>What a source of process events tells of a process, in the initial namespaces' ids.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="StartTicks">Start since boot in units of 10 ms; 0 when the source cannot tell: then whatever has the pid now.</param>
/// <param name="ParentPid">Parent's process id.</param>
/// <param name="ParentStartTicks">Parent's start since boot in units of 10 ms; 0 as above.</param>
/// <param name="UserId">Real user id.</param>
/// <param name="GroupId">Real group id.</param>
/// <param name="ControlGroupId">Control group, 0 when unknown.</param>
/// <param name="StartedUnixNs">Start in ns since 1970 (UTC).</param>
/// <param name="TimeUnixNs">When the event happened, ns since 1970 (UTC).</param>
public readonly record struct ProcessFacts(
    int Pid,
    ulong StartTicks,
    int ParentPid,
    ulong ParentStartTicks,
    uint UserId,
    uint GroupId,
    ulong ControlGroupId,
    long StartedUnixNs,
    long TimeUnixNs);
