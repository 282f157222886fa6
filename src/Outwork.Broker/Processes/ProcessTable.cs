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
    private readonly Dictionary<int, ProcessEntry> _alive = [];
    private readonly Dictionary<ProcessId, ProcessEntry> _known = [];
    private readonly Queue<ProcessEntry> _ended = new();
    private readonly HashSet<ProcessId> _endedUnknown = [];
    private uint _epoch;
    private bool _isReading;

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
        bool found = _alive.TryGetValue(pid, out ProcessEntry? entry);
        process = found ? Complete(entry!) : null!;
        return found;
    }

    /// <summary>A process by its id, alive or ended.</summary>
    public bool TryGet(ProcessId id, out ProcessInfo process)
    {
        bool found = _known.TryGetValue(id, out ProcessEntry? entry);
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
        if (_known.TryGetValue(id, out ProcessEntry? entry))
        {
            entry.Epoch = _epoch;
        }
        else
        {
            ProcessInfo? parent = _alive.TryGetValue(child.ParentPid, out ProcessEntry? p) ? p.Info : null;
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
        _ = _known.TryGetValue(id, out ProcessEntry? entry);
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
            (entry.Info, entry.Epoch) = (info, _epoch);
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
        if (_known.TryGetValue(id, out ProcessEntry? entry))
        {
            info = Complete(entry);
            End(entry);
        }
        else
        {
            if (_isReading && id != ProcessId.Unknown)
                _endedUnknown.Add(id);
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
    /// Begins to compare the table with the system, before the system is read. All events that the source holds must have been
    /// drained just before: what comes from now on is newer than the reading. A comparison under way is given up.
    /// </summary>
    public ProcessReading BeginReading()
    {
        _epoch++;
        _endedUnknown.Clear();
        _isReading = true;
        return new ProcessReading(this, _epoch);
    }

    /// <summary>Takes over a whole reading at once: for the start, when nobody waits.</summary>
    /// <param name="processes">Every process found, each with Reconstructed set.</param>
    /// <param name="takenUnixNs">When the reading began, ns since 1970 (UTC).</param>
    public void Apply(IReadOnlyList<ProcessInfo> processes, long takenUnixNs)
    {
        ProcessReading reading = BeginReading();
        reading.Complete(processes, takenUnixNs);
        while (reading.Step(int.MaxValue))
        {
            // All of it.
        }
    }

    /// <summary>Ids of all processes alive, to be asked for one after the other.</summary>
    public ProcessId[] AliveIds()
    {
        var ids = new ProcessId[_alive.Count];
        int count = 0;
        foreach (ProcessEntry entry in _alive.Values)
            ids[count++] = entry.Info.Id;
        return ids;
    }

    /// <summary>A process by its id, if it is alive.</summary>
    public bool TryGetAlive(ProcessId id, out ProcessInfo process)
    {
        bool found = _known.TryGetValue(id, out ProcessEntry? entry) && entry.EndedAt == 0;
        process = found ? Complete(entry!) : null!;
        return found;
    }

    /// <summary>False when another reading began since.</summary>
    internal bool IsCurrent(uint epoch) => _isReading && epoch == _epoch;

    /// <summary>The comparison is done.</summary>
    internal void EndReading()
    {
        _isReading = false;
        _endedUnknown.Clear();
    }

    /// <summary>Takes one process that a reading found; true when it was a difference. Events since the reading began are truer.</summary>
    internal bool TakeFound(ProcessInfo found)
    {
        if (_known.TryGetValue(found.Id, out ProcessEntry? entry))
        {
            if (entry.EndedAt != 0)
                return false;
            bool isTouched = entry.Epoch == _epoch;
            entry.Epoch = _epoch;
            if (isTouched || IsSame(entry.Info, found))
                return false;
            entry.Info = found with
            {
                ControlGroupId = entry.Info.ControlGroupId,
                ContainerId = found.ContainerId ?? entry.Info.ContainerId,
            };
        }
        else
        {
            // It ended since it was read, as its own exit or the next owner of its pid tells.
            if (_endedUnknown.Contains(found.Id) || (_alive.TryGetValue(found.Pid, out ProcessEntry? owner) && owner.Epoch == _epoch))
                return false;
            entry = Keep(found);
            if (!_known.ContainsKey(found.Id))
                return false;
        }
        Publish?.Invoke(new NotifyEvent
        {
            Kind = EventKind.Exec,
            Via = ExecVia.Direct,
            TimeUnixNs = entry.Info.StartedUnixNs,
            Process = entry.Info,
            Reconstructed = true,
        });
        return true;
    }

    /// <summary>Processes alive here that the reading did not find, and of which nothing was heard since it began.</summary>
    internal List<ProcessEntry> NotFound()
    {
        List<ProcessEntry> gone = [];
        foreach (ProcessEntry entry in _alive.Values)
        {
            if (entry.Epoch != _epoch)
                gone.Add(entry);
        }
        return gone;
    }

    /// <summary>A process has ended unseen; true when that was not known.</summary>
    internal bool EndUnseen(ProcessEntry entry, long takenUnixNs)
    {
        if (entry.EndedAt != 0)
            return false;
        End(entry);
        Publish?.Invoke(new NotifyEvent { Kind = EventKind.Exit, TimeUnixNs = takenUnixNs, Process = entry.Info, Reconstructed = true });
        return true;
    }

    /// <summary>Drops ended processes that are too old. Call it now and then.</summary>
    public void Expire()
    {
        long now = _time.GetTimestamp();
        while (_ended.TryPeek(out ProcessEntry? oldest)
            && (_ended.Count > _options.MaxEnded || _time.GetElapsedTime(oldest.EndedAt, now) > _options.KeepEnded))
            Forget(_ended.Dequeue());
    }

    private ProcessId IdOf(in ProcessFacts facts) =>
        facts.StartTicks != 0 ? ProcessId.From(_bootId, facts.Pid, facts.StartTicks)
        : _alive.TryGetValue(facts.Pid, out ProcessEntry? entry) ? entry.Info.Id
        : ProcessId.Unknown;

    private ProcessId ParentOf(in ProcessFacts facts) =>
        facts.ParentPid <= 0 ? ProcessId.Unknown
        : facts.ParentStartTicks != 0 ? ProcessId.From(_bootId, facts.ParentPid, facts.ParentStartTicks)
        : _alive.TryGetValue(facts.ParentPid, out ProcessEntry? entry) ? entry.Info.Id
        : ProcessId.Unknown;

    private string? ContainerOf(ulong controlGroupId) =>
        controlGroupId != 0 && _containers is not null && _containers.TryFind(controlGroupId, out string? container) ? container : null;

    /// <summary>The name of a control group may have become known since the event.</summary>
    private ProcessInfo Complete(ProcessEntry entry)
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

    // The program's name is missing while a process ends. Arguments that were cut cannot be compared.
    private static bool IsSame(ProcessInfo known, ProcessInfo found) =>
        found.Executable.Length == 0
        || (string.Equals(known.Executable, found.Executable, StringComparison.Ordinal)
            && (known.ArgumentsTruncated || found.ArgumentsTruncated || known.Arguments.AsSpan().SequenceEqual(found.Arguments)));

    private ProcessEntry Keep(ProcessInfo info)
    {
        ProcessEntry entry = new(info) { Epoch = _epoch };
        // The pid is another process' now: that one's exit was lost.
        if (_alive.TryGetValue(info.Pid, out ProcessEntry? former))
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

    private void End(ProcessEntry entry)
    {
        if (entry.EndedAt != 0)
            return;
        // Zero marks the living; a clock that stands at zero must not.
        entry.EndedAt = Math.Max(1, _time.GetTimestamp());
        if (_alive.TryGetValue(entry.Info.Pid, out ProcessEntry? current) && ReferenceEquals(current, entry))
            _alive.Remove(entry.Info.Pid);
        _ended.Enqueue(entry);
        if (_ended.Count > _options.MaxEnded)
            Forget(_ended.Dequeue());
    }

    private void Forget(ProcessEntry entry)
    {
        if (_known.TryGetValue(entry.Info.Id, out ProcessEntry? current) && ReferenceEquals(current, entry))
            _known.Remove(entry.Info.Id);
    }
}
