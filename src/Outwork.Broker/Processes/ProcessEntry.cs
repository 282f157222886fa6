using Outwork.Contracts.Events;

namespace Outwork.Broker.Processes;

/// <summary>One process of a <see cref="ProcessTable"/>.</summary>
internal sealed class ProcessEntry(ProcessInfo info)
{
    /// <summary>What is known of it.</summary>
    public ProcessInfo Info { get; set; } = info;

    /// <summary>Timestamp of the injected clock; 0 while alive.</summary>
    public long EndedAt { get; set; }

    /// <summary>True when its container needs no further look.</summary>
    public bool ContainerSettled { get; set; }

    /// <summary>The reading of the system during or after which it was last heard of.</summary>
    public uint Epoch { get; set; }
}
