using Outwork.Contracts.Control;
using Outwork.Contracts.Events;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>
/// Every process that runs now, by the best way there is: a walk inside the kernel finds who is there, and /proc is read for those
/// only that were not there at the last walk or have executed another program since; or else /proc is read for all. Both ways give the
/// same. May block: never on the reactor. One caller at a time, on any thread.
/// </summary>
public sealed class ProcessSnapshots : IDisposable
{
    private readonly BpfTaskIterator? _iterator;
    private readonly ulong _bootId;
    private Dictionary<ProcessId, Known> _known = [];

    private ProcessSnapshots(BpfTaskIterator? iterator, ulong bootId) => (_iterator, _bootId) = (iterator, bootId);

    /// <summary>Processes of which the last reading read /proc.</summary>
    public int ReadFromProc { get; private set; }

    /// <summary>Opens the best way that the system allows; may block, call it before guarding.</summary>
    /// <param name="bootId">First 64 bits of the boot identifier.</param>
    /// <param name="options">Where the programs are.</param>
    /// <param name="mechanism">The status of the walk, with the reason when there is none.</param>
    public static ProcessSnapshots Open(ulong bootId, BpfTelemetryOptions options, out MechanismStatus mechanism)
    {
        (BpfTaskIterator? iterator, mechanism) = BpfTaskIterator.Open(options);
        return new ProcessSnapshots(iterator, bootId);
    }

    /// <summary>Reads all processes, each marked as reconstructed.</summary>
    /// <returns>The processes, and when the reading began in ns since 1970 (UTC).</returns>
    /// <exception cref="IOException">A process that runs cannot be read, for want of descriptors perhaps.</exception>
    public (IReadOnlyList<ProcessInfo> Processes, long TakenUnixNs) Take()
    {
        if (_iterator is null)
            return TakeFromProc();
        long bootUnixNs = BootClock.BootUnixNs();
        long taken = bootUnixNs + (long)BootClock.NowNs();
        List<BpfTaskRecord> records;
        try
        {
            records = _iterator.Walk();
        }
        catch (LinuxException)
        {
            // For want of memory or descriptors; /proc needs less at a time.
            return TakeFromProc();
        }
        ReadFromProc = 0;
        List<ProcessInfo> processes = new(records.Count);
        Dictionary<ProcessId, Known> known = new(records.Count);
        HashSet<int> walked = new(records.Count);
        foreach (BpfTaskRecord record in records)
        {
            walked.Add(record.pid);
            if (record.ended == 0 && Describe(record, bootUnixNs, known) is { } process)
                processes.Add(process);
        }
        AddOthers(walked, bootUnixNs, processes);
        _known = known;
        return (processes, taken);
    }

    // Whoever is left out counts as ended. Where a machine's first process is kept from BPF programs, the walk leaves it out.
    private void AddOthers(HashSet<int> walked, long bootUnixNs, List<ProcessInfo> processes)
    {
        foreach (int pid in ProcSnapshot.List())
        {
            if (walked.Contains(pid))
                continue;
            ReadFromProc++;
            if (ProcSnapshot.Read(pid, _bootId, bootUnixNs) is { } other)
                processes.Add(other);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _iterator?.Dispose();

    private (IReadOnlyList<ProcessInfo> Processes, long TakenUnixNs) TakeFromProc()
    {
        (IReadOnlyList<ProcessInfo> Processes, long TakenUnixNs) snapshot = ProcSnapshot.Take(_bootId);
        ReadFromProc = snapshot.Processes.Count;
        return snapshot;
    }

    private ProcessInfo? Describe(in BpfTaskRecord record, long bootUnixNs, Dictionary<ProcessId, Known> known)
    {
        ProcessId id = ProcessId.From(_bootId, record.pid, record.start_ns / BootClock.NanosecondsPerTick);
        if (_known.TryGetValue(id, out Known before) && before.ExecId == record.exec_id && before.Info.ControlGroupId == record.cgroup_id)
        {
            ProcessInfo same = Update(before.Info, record);
            known[id] = before with { Info = same };
            return same;
        }
        ReadFromProc++;
        if (ProcSnapshot.Read(record.pid, _bootId, bootUnixNs) is not { } read)
            return null;
        // Ended meanwhile, and the pid is another's: that one's fork will be told.
        if (read.Id != id)
            return read;
        read = read with { ControlGroupId = record.cgroup_id };
        // In the middle of an exec the number is the new program's already, the arguments are not there yet. What has no program
        // is of the kernel itself, and never has any.
        if (read.Arguments.Length > 0 || read.Executable.Length == 0)
            known[id] = new Known(read, record.exec_id);
        return read;
    }

    // What can change without another program.
    private ProcessInfo Update(ProcessInfo info, in BpfTaskRecord record)
    {
        ProcessId parent = record.parent_pid == 0
            ? ProcessId.Unknown
            : ProcessId.From(_bootId, record.parent_pid, record.parent_start_ns / BootClock.NanosecondsPerTick);
        return info.ParentId == parent && info.UserId == record.uid && info.GroupId == record.gid
            ? info
            : info with { ParentId = parent, ParentPid = record.parent_pid, UserId = record.uid, GroupId = record.gid };
    }

    private readonly record struct Known(ProcessInfo Info, ulong ExecId);
}
