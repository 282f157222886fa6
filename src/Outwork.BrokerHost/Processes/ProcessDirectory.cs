using Outwork.Broker.Processes;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.Processes;

namespace Outwork.BrokerHost.Processes;

/// <summary>What the engine asks about processes: the table, brought up to date first, and the system for what changes without an event.</summary>
internal sealed class ProcessDirectory(ProcessTable table, OwnProcesses own, IProcessEventSource? events) : IProcessDirectory
{
    private const int DrainAtOnce = 512, MaxSlices = 64;

    /// <inheritdoc/>
    public bool IsOwn(int pid) => own.IsOwn(pid);

    /// <inheritdoc/>
    public ProcessInfo? Find(int pid)
    {
        // The event of the execution that precedes this question is in the ring already: all that is there is taken.
        int slices = 0;
        while (events?.Drain(DrainAtOnce, table) == DrainAtOnce && slices < MaxSlices) slices++;
        return table.TryGet(pid, out var process) ? process : null;
    }

    /// <inheritdoc/>
    public bool TryGetUser(int pid, out uint userId) => ProcStatus.TryGetRealUser(pid, out userId);
}
