namespace Outwork.Broker.Processes;

/// <summary>Where process events come from. All members are for one thread, the one that drains.</summary>
public interface IProcessEventSource : IDisposable
{
    /// <summary>Name of the mechanism, as in the status.</summary>
    string Mechanism { get; }

    /// <summary>
    /// A descriptor that becomes readable when much waits, to be watched edge-triggered; -1 when there is none. It is no
    /// promise: the source must also be drained every 50 ms.
    /// </summary>
    int WakeDescriptor { get; }

    /// <summary>Events lost since the source was opened, of all kinds.</summary>
    LostEvents Lost { get; }

    /// <summary>Passes waiting events on, without blocking.</summary>
    /// <param name="max">At most so many.</param>
    /// <param name="sink">Takes them.</param>
    /// <returns>How many were passed; <paramref name="max"/> means that more may wait.</returns>
    int Drain(int max, IProcessEventSink sink);

    /// <summary>Sets who may execute memory without a path; false when the source cannot enforce it.</summary>
    bool SetMemoryExecPolicy(MemoryExecPolicy policy);
}

/// <summary>Events lost, by kind.</summary>
/// <param name="Forks">Forks.</param>
/// <param name="Execs">Program starts.</param>
/// <param name="Exits">Exits.</param>
/// <param name="Unknown">Events of a kind that the source cannot tell.</param>
public readonly record struct LostEvents(ulong Forks, ulong Execs, ulong Exits, ulong Unknown)
{
    /// <summary>All of them.</summary>
    public ulong Total => Forks + Execs + Exits + Unknown;
}
