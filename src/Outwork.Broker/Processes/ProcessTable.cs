using Outwork.Contracts.Events;

namespace Outwork.Broker.Processes;

/// <summary>
/// Every process of the machine: who it is, what it runs, where it comes from. Fed by an <see cref="IProcessEventSource"/>
/// and by snapshots; asked by rules, decisions and explanations. Ended processes stay for a while, so that a decision can
/// still be explained. Memory is bounded. One thread; no clock of its own but the injected one.
/// </summary>
public sealed class ProcessTable : IProcessEventSink
{
    private readonly ulong _bootId;
    private readonly ProcessTableOptions _options;
    private readonly TimeProvider _time;
    private readonly IContainerNames? _containers;
    private readonly TextCache _text = new();
    private readonly Dictionary<int, Entry> _alive = [];
    private readonly Dictionary<ProcessId, Entry> _known = [];
    private readonly Queue<Entry> _ended = new();

    /// <summary>Creates an empty table.</summary>
    /// <param name="bootId">First 64 bits of the system's boot identifier.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">Ages ended processes.</param>
    /// <param name="containers">Names containers; null when the platform has none.</param>
    public ProcessTable(ulong bootId, ProcessTableOptions options, TimeProvider time, IContainerNames? containers)
    {
        _bootId = bootId;
        _options = options;
        _time = time;
        _containers = containers;
    }

    /// <summary>Gets every event, on the table's thread. Null: nobody listens, and no event is made.</summary>
    public Action<NotifyEvent>? Publish { get; set; }

    /// <summary>Processes alive.</summary>
    public int Alive => _alive.Count;

    /// <summary>Ended processes still known.</summary>
    public int Ended => _ended.Count;

    /// <summary>Processes not kept because <see cref="ProcessTableOptions.MaxAlive"/> was reached.</summary>
    public ulong Untracked { get; private set; }

    /// <summary>The process that has the pid now.</summary>
    public bool TryGet(int pid, out ProcessInfo process)
    {
        bool found = _alive.TryGetValue(pid, out Entry? entry);
        process = found ? Complete(entry!) : null!;
        return found;
    }

    /// <summary>A process by its id, alive or ended.</summary>
    public bool TryGet(ProcessId id, out ProcessInfo process)
    {
        bool found = _known.TryGetValue(id, out Entry? entry);
        process = found ? Complete(entry!) : null!;
        return found;
    }

    /// <summary>The process and its ancestors as far as they are known, nearest first; at most 64.</summary>
    public ProcessInfo[] Ancestry(ProcessId id)
    {
        List<ProcessInfo> chain = [];
        while (chain.Count < 64 && TryGet(id, out ProcessInfo process))
        {
            chain.Add(process);
            if (process.ParentId == id)
                break;
            id = process.ParentId;
        }
        return [.. chain];
    }

    /// <inheritdoc/>
    public void Forked(in ProcessFacts child)
    {
        ProcessId id = ProcessId.From(_bootId, child.Pid, child.StartTicks);
        // A snapshot taken after the source was opened may know the child already, and better.
        if (!_known.TryGetValue(id, out Entry? entry))
        {
            ProcessInfo? parent = _alive.TryGetValue(child.ParentPid, out Entry? p) ? p.Info : null;
            entry = Keep(new ProcessInfo
            {
                Id = id,
                ParentId = ParentOf(child),
                Pid = child.Pid,
                ParentPid = child.ParentPid,
                UserId = child.UserId,
                GroupId = child.GroupId,
                StartedUnixNs = child.StartedUnixNs,
                Executable = parent?.Executable ?? "",
                Arguments = parent?.Arguments ?? [],
                ArgumentsTruncated = parent?.ArgumentsTruncated ?? false,
                WorkingDirectory = parent?.WorkingDirectory ?? "",
                ControlGroupId = child.ControlGroupId,
                ContainerId = ContainerOf(child.ControlGroupId) ?? parent?.ContainerId,
            });
        }
        Publish?.Invoke(new NotifyEvent { Kind = EventKind.Fork, TimeUnixNs = child.TimeUnixNs, Process = entry.Info });
    }

    /// <inheritdoc/>
    public void Executed(in ExecFacts exec)
    {
        ProcessFacts facts = exec.Process;
        (string[] arguments, bool cut) = ArgumentText.Split(exec.Arguments, exec.ArgumentsTruncated);
        ProcessId id = IdOf(facts);
        _ = _known.TryGetValue(id, out Entry? entry);
        ProcessInfo info = new()
        {
            Id = id,
            ParentId = ParentOf(facts),
            Pid = facts.Pid,
            ParentPid = facts.ParentPid,
            UserId = facts.UserId,
            GroupId = facts.GroupId,
            StartedUnixNs = facts.StartedUnixNs,
            Executable = _text.Get(exec.Program),
            Arguments = arguments,
            ArgumentsTruncated = cut,
            WorkingDirectory = _text.Get(exec.WorkingDirectory),
            ControlGroupId = facts.ControlGroupId,
            // A reading of the process may have named a container that its control group's id does not.
            ContainerId = ContainerOf(facts.ControlGroupId) ?? entry?.Info.ContainerId,
        };
        if (entry is not null)
            entry.Info = info;
        else
            Keep(info);
        Publish?.Invoke(new NotifyEvent
        {
            Kind = EventKind.Exec,
            Via = exec.Via,
            TimeUnixNs = facts.TimeUnixNs,
            Process = info,
            File = exec.File,
            Ended = exec.Ended,
            Detail = exec.Ended ? "ended before its first instruction: execution of memory is denied" : _text.Get(exec.Script),
        });
    }

    /// <inheritdoc/>
    public void Exited(in ProcessFacts process, int exitCode)
    {
        ProcessId id = IdOf(process);
        ProcessInfo info;
        if (_known.TryGetValue(id, out Entry? entry))
        {
            info = Complete(entry);
            End(entry);
        }
        else
        {
            info = new ProcessInfo
            {
                Id = id,
                ParentId = ParentOf(process),
                Pid = process.Pid,
                ParentPid = process.ParentPid,
                UserId = process.UserId,
                GroupId = process.GroupId,
                StartedUnixNs = process.StartedUnixNs,
                ControlGroupId = process.ControlGroupId,
            };
        }
        Publish?.Invoke(new NotifyEvent { Kind = EventKind.Exit, TimeUnixNs = process.TimeUnixNs, Process = info, ExitCode = exitCode });
    }

    /// <summary>
    /// Takes what a reading of the system found. What is alive here, started before the reading and was not found, has
    /// ended unseen. Each difference is published as reconstructed.
    /// </summary>
    /// <param name="processes">Every process found, each with Reconstructed set.</param>
    /// <param name="takenUnixNs">When the reading began, ns since 1970 (UTC).</param>
    public void Apply(IReadOnlyCollection<ProcessInfo> processes, long takenUnixNs)
    {
        HashSet<ProcessId> found = new(processes.Count);
        foreach (ProcessInfo process in processes)
        {
            found.Add(process.Id);
            if (_known.TryGetValue(process.Id, out Entry? known))
            {
                // Events are truer than readings, unless the events were lost.
                if (string.Equals(known.Info.Executable, process.Executable, StringComparison.Ordinal) || known.EndedAt != 0)
                    continue;
                known.Info = process;
            }
            else
            {
                Keep(process);
            }
            Publish?.Invoke(new NotifyEvent
            {
                Kind = EventKind.Exec,
                Via = ExecVia.Direct,
                TimeUnixNs = process.StartedUnixNs,
                Process = process,
                Reconstructed = true,
            });
        }
        List<Entry> gone = [];
        foreach (Entry entry in _alive.Values)
        {
            if (entry.Info.StartedUnixNs < takenUnixNs && !found.Contains(entry.Info.Id))
                gone.Add(entry);
        }
        foreach (Entry entry in gone)
        {
            End(entry);
            Publish?.Invoke(new NotifyEvent { Kind = EventKind.Exit, TimeUnixNs = takenUnixNs, Process = entry.Info, Reconstructed = true });
        }
    }

    /// <summary>Drops ended processes that are too old. Call it now and then.</summary>
    public void Expire()
    {
        long now = _time.GetTimestamp();
        while (_ended.TryPeek(out Entry? oldest)
            && (_ended.Count > _options.MaxEnded || _time.GetElapsedTime(oldest.EndedAt, now) > _options.KeepEnded))
            Forget(_ended.Dequeue());
    }

    private ProcessId IdOf(in ProcessFacts facts) =>
        facts.StartTicks != 0 ? ProcessId.From(_bootId, facts.Pid, facts.StartTicks)
        : _alive.TryGetValue(facts.Pid, out Entry? entry) ? entry.Info.Id
        : ProcessId.Unknown;

    private ProcessId ParentOf(in ProcessFacts facts) =>
        facts.ParentPid <= 0 ? ProcessId.Unknown
        : facts.ParentStartTicks != 0 ? ProcessId.From(_bootId, facts.ParentPid, facts.ParentStartTicks)
        : _alive.TryGetValue(facts.ParentPid, out Entry? entry) ? entry.Info.Id
        : ProcessId.Unknown;

    private string? ContainerOf(ulong controlGroupId) =>
        controlGroupId != 0 && _containers is not null && _containers.TryFind(controlGroupId, out string? container) ? container : null;

    /// <summary>The name of a control group may have become known since the event.</summary>
    private ProcessInfo Complete(Entry entry)
    {
        if (!entry.ContainerSettled)
        {
            ulong group = entry.Info.ControlGroupId;
            string? container = null;
            entry.ContainerSettled = entry.Info.ContainerId is not null || group == 0 || _containers is null
                || _containers.TryFind(group, out container);
            if (container is not null)
                entry.Info = entry.Info with { ContainerId = container };
        }
        return entry.Info;
    }

    private Entry Keep(ProcessInfo info)
    {
        Entry entry = new(info);
        // The pid is another process' now: that one's exit was lost.
        if (_alive.TryGetValue(info.Pid, out Entry? former))
            End(former);
        if (_alive.Count >= _options.MaxAlive || info.Id == ProcessId.Unknown)
        {
            Untracked++;
            return entry;
        }
        _alive[info.Pid] = entry;
        _known[info.Id] = entry;
        return entry;
    }

    private void End(Entry entry)
    {
        if (entry.EndedAt != 0)
            return;
        // Zero marks the living; a clock that stands at zero must not.
        entry.EndedAt = Math.Max(1, _time.GetTimestamp());
        if (_alive.TryGetValue(entry.Info.Pid, out Entry? current) && ReferenceEquals(current, entry))
            _alive.Remove(entry.Info.Pid);
        _ended.Enqueue(entry);
        if (_ended.Count > _options.MaxEnded)
            Forget(_ended.Dequeue());
    }

    private void Forget(Entry entry)
    {
        if (_known.TryGetValue(entry.Info.Id, out Entry? current) && ReferenceEquals(current, entry))
            _known.Remove(entry.Info.Id);
    }

    private sealed class Entry(ProcessInfo info)
    {
        public ProcessInfo Info { get; set; } = info;

        /// <summary>Timestamp of the injected clock; 0 while alive.</summary>
        public long EndedAt { get; set; }

        public bool ContainerSettled { get; set; }
    }
}
