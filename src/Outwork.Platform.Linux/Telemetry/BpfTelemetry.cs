using System.Runtime.InteropServices;
using Outwork.Broker.Processes;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>
/// Process events from our eBPF programs. Nothing is pinned: programs, maps and links end with this process, however it
/// ends. All members are for one thread; <see cref="Drain"/> allocates nothing.
/// </summary>
public sealed unsafe class BpfTelemetry : IProcessEventSource
{
    /// <summary>In the order of <see cref="BpfRecordKind"/>.</summary>
    internal static readonly string[] ProgramNames = ["on_fork", "on_exec", "on_exit"];

    private readonly SafeBpfObjectHandle _object;
    private readonly SafeBpfLinkHandle[] _links;
    private readonly BpfRing _ring;
    private readonly int _lostFd;
    private readonly int _memoryExecModeFd;
    private readonly int _memoryExecUsersFd;
    private readonly ulong[] _perCpu = new ulong[Interop.libbpf_num_possible_cpus()];
    private readonly byte[] _program = new byte[1_024];
    private readonly byte[] _directory = new byte[1_024];

    private BpfTelemetry(SafeBpfObjectHandle bpfObject, SafeBpfLinkHandle[] links, uint ringBytes)
    {
        _object = bpfObject;
        _links = links;
        WakeDescriptor = MapFd(bpfObject, "events");
        _lostFd = MapFd(bpfObject, "lost");
        _memoryExecModeFd = MapFd(bpfObject, "memory_exec_mode");
        _memoryExecUsersFd = MapFd(bpfObject, "memory_exec_users");
        _ring = new BpfRing(WakeDescriptor, ringBytes);
    }

    /// <inheritdoc/>
    public string Mechanism => MechanismNames.BpfTracepoints;

    /// <inheritdoc/>
    public int WakeDescriptor { get; }

    /// <inheritdoc/>
    public LostEvents Lost => new(LostOf(BpfRecordKind.Fork), LostOf(BpfRecordKind.Exec), LostOf(BpfRecordKind.Exit), 0);

    /// <summary>Bytes waiting in the ring.</summary>
    public ulong UnreadBytes => _ring.Unread;

    /// <summary>Loads and attaches the programs.</summary>
    /// <returns>The source, or null when the system refuses; and the mechanism's status with the reason.</returns>
    public static (BpfTelemetry? Telemetry, MechanismStatus Status) Start(BpfTelemetryOptions options)
    {
        const string LostWithout = "Program starts are told with less detail and later; execution of memory is told but not ended.";
        string refusal = "";
        BpfTelemetry? telemetry = null;
        string log = "";
        try
        {
            (telemetry, log) = LibBpfLog.Capture(() => Load(options, out refusal));
        }
        catch (DllNotFoundException)
        {
            refusal = "libbpf.so.1 is not installed (Debian: libbpf1)";
        }
        return telemetry is not null
            ? (telemetry, new MechanismStatus(MechanismNames.BpfTracepoints, InForce: true,
                $"fork, exec and exit by typed tracepoints; ring of {options.RingBytes / 1024} KiB", ""))
            : (null, new MechanismStatus(MechanismNames.BpfTracepoints, InForce: false,
                log.Length == 0 ? refusal : $"{refusal}: {log}", LostWithout));
    }

    /// <inheritdoc/>
    public int Drain(int max, IProcessEventSink sink)
    {
        if (_ring.Unread == 0)
            return 0;
        long bootUnixNs = BootClock.BootUnixNs();
        int count = 0;
        while (count < max && _ring.TryPeek(out ReadOnlySpan<byte> record, out ulong next))
        {
            // A sink that throws must not see the record again: it is released either way.
            try
            {
                Pass(record, bootUnixNs, sink);
            }
            finally
            {
                _ring.Release(next);
            }
            count++;
        }
        return count;
    }

    /// <inheritdoc/>
    public bool SetMemoryExecPolicy(MemoryExecPolicy policy)
    {
        if (policy.DeniedUsers.Length > 1_024)
            throw new ArgumentException("At most 1,024 users.", nameof(policy));
        // Users first, then the mode; users that are no longer denied last: nobody is denied who is in neither policy.
        byte present = 1;
        foreach (uint user in policy.DeniedUsers)
        {
            uint key = user;
            Check("bpf_map_update_elem", Interop.bpf_map_update_elem(_memoryExecUsersFd, &key, &present, Interop.BPF_ANY));
        }
        uint zero = 0;
        uint mode = policy.DeniesAll ? 1u : policy.DeniedUsers.Length > 0 ? 2u : 0u;
        Check("bpf_map_update_elem", Interop.bpf_map_update_elem(_memoryExecModeFd, &zero, &mode, Interop.BPF_ANY));
        List<uint> former = [];
        uint next;
        for (void* at = null; Interop.bpf_map_get_next_key(_memoryExecUsersFd, at, &next) == 0; at = &next)
            former.Add(next);
        foreach (uint user in former.Except(policy.DeniedUsers))
        {
            uint key = user;
            Check("bpf_map_delete_elem", Interop.bpf_map_delete_elem(_memoryExecUsersFd, &key));
        }
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SafeBpfLinkHandle link in _links)
            link.Dispose();
        _ring.Dispose();
        _object.Dispose();
    }

    /// <summary>What the kernel counts of one of our programs.</summary>
    internal BpfProgramInfo ProgramInfo(string name)
    {
        BpfProgramInfo info = default;
        uint length = (uint)sizeof(BpfProgramInfo);
        int fd = Interop.bpf_program__fd(Interop.bpf_object__find_program_by_name(_object, name));
        Check("bpf_obj_get_info_by_fd", Interop.bpf_obj_get_info_by_fd(fd, &info, &length));
        return info;
    }

    private static BpfTelemetry? Load(BpfTelemetryOptions options, out string refusal)
    {
        SafeBpfObjectHandle bpfObject = Interop.bpf_object__open_file(options.ObjectPath, 0);
        List<SafeBpfLinkHandle> links = [];
        bool done = false;
        try
        {
            if (bpfObject.IsInvalid)
            {
                refusal = $"{options.ObjectPath} cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
                return null;
            }
            Check("bpf_map__set_max_entries",
                Interop.bpf_map__set_max_entries(Interop.bpf_object__find_map_by_name(bpfObject, "events"), options.RingBytes));
            int error = Interop.bpf_object__load(bpfObject);
            if (error < 0)
            {
                refusal = $"the programs cannot be loaded: {Marshal.GetPInvokeErrorMessage(-error)}";
                return null;
            }
            foreach (string name in ProgramNames)
            {
                SafeBpfLinkHandle link = Interop.bpf_program__attach(Interop.bpf_object__find_program_by_name(bpfObject, name));
                links.Add(link);
                if (link.IsInvalid)
                {
                    refusal = $"{name} cannot be attached: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
                    return null;
                }
            }
            BpfTelemetry telemetry = new(bpfObject, [.. links], options.RingBytes);
            done = true;
            refusal = "";
            return telemetry;
        }
        finally
        {
            if (!done)
            {
                links.ForEach(link => link.Dispose());
                bpfObject.Dispose();
            }
        }
    }

    private static int MapFd(SafeBpfObjectHandle bpfObject, string name)
    {
        int fd = Interop.bpf_map__fd(Interop.bpf_object__find_map_by_name(bpfObject, name));
        return fd >= 0 ? fd : throw new LinuxException($"bpf_map__fd({name})", -fd);
    }

    private static void Check(string call, int result)
    {
        if (result < 0)
            throw new LinuxException(call, -result);
    }

    private void Pass(ReadOnlySpan<byte> record, long bootUnixNs, IProcessEventSink sink)
    {
        if (record.Length < sizeof(BpfProcessRecord))
            return;
        ref readonly BpfProcessRecord head = ref MemoryMarshal.AsRef<BpfProcessRecord>(record);
        ProcessFacts facts = new(
            head.pid,
            head.start_ns / BootClock.NanosecondsPerTick,
            head.parent_pid,
            head.parent_start_ns / BootClock.NanosecondsPerTick,
            head.uid,
            head.gid,
            head.cgroup_id,
            bootUnixNs + (long)head.start_ns,
            bootUnixNs + (long)head.time_ns);
        switch (head.kind)
        {
            case BpfRecordKind.Fork:
                sink.Forked(in facts);
                break;
            case BpfRecordKind.Exit:
                sink.Exited(in facts, WaitStatus.ToExitCode(head.exit_code));
                break;
            case BpfRecordKind.Exec:
                PassExec(record, head.flags, in facts, sink);
                break;
        }
    }

    private void PassExec(ReadOnlySpan<byte> record, BpfRecordFlags flags, in ProcessFacts facts, IProcessEventSink sink)
    {
        if (record.Length < sizeof(BpfExecRecord))
            return;
        ref readonly BpfExecRecord exec = ref MemoryMarshal.AsRef<BpfExecRecord>(record);
        ReadOnlySpan<byte> data = record[sizeof(BpfExecRecord)..];
        if (data.Length < exec.program_bytes + exec.directory_bytes + exec.filename_bytes + exec.arguments_bytes)
            return;
        ReadOnlySpan<byte> programNames = data[..exec.program_bytes];
        data = data[exec.program_bytes..];
        ReadOnlySpan<byte> directoryNames = data[..exec.directory_bytes];
        data = data[exec.directory_bytes..];
        ReadOnlySpan<byte> filename = data[..exec.filename_bytes].TrimEnd((byte)0);
        data = data[exec.filename_bytes..];
        bool memory = (flags & BpfRecordFlags.Memory) != 0;
        bool script = (flags & BpfRecordFlags.Script) != 0;
        ReadOnlySpan<byte> program = PathNames.Join(programNames, _program, (flags & BpfRecordFlags.ProgramTruncated) != 0);
        // Memory has a name but no place in any tree; a path too deep for the walk is told as it was asked for.
        if (memory && !script)
            program = programNames.TrimEnd((byte)0);
        else if ((flags & BpfRecordFlags.ProgramTruncated) != 0 && !script && filename is [(byte)'/', ..])
            program = filename;
        sink.Executed(new ExecFacts
        {
            Process = facts,
            Via = memory ? ExecVia.Memory : script ? ExecVia.Script : ExecVia.Direct,
            File = new FileIdentity(exec.device, exec.inode, exec.size, exec.modified_ns, exec.changed_ns),
            Program = program,
            Script = script ? filename : default,
            WorkingDirectory = PathNames.Join(directoryNames, _directory, (flags & BpfRecordFlags.DirectoryTruncated) != 0),
            Arguments = data[..exec.arguments_bytes],
            ArgumentsTruncated = (flags & BpfRecordFlags.ArgumentsTruncated) != 0,
            Ended = (flags & BpfRecordFlags.Killed) != 0,
        });
    }

    private ulong LostOf(BpfRecordKind kind)
    {
        uint key = (uint)kind;
        fixed (ulong* values = _perCpu)
            Check("bpf_map_lookup_elem", Interop.bpf_map_lookup_elem(_lostFd, &key, values));
        ulong total = 0;
        foreach (ulong value in _perCpu)
            total += value;
        return total + ProgramInfo(ProgramNames[(int)kind - 1]).recursion_misses;
    }
}
