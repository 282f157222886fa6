using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Broker.Processes;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>
/// Process events from the kernel's process connector, for where BPF is refused. The kernel tells only pids, so a thread of
/// ours reads the rest from /proc at once: a process that ends within some 50 µs of its start is told without program and
/// arguments, and memory execution is seen but cannot be ended.
/// </summary>
public sealed unsafe class ProcConnector : IProcessEventSource
{
    private const int MaxWaiting = 65_536;
    private const int ReceiveBufferBytes = 8 << 20;

    private readonly SafeFileHandle _socket;
    private readonly SafeFileHandle _stop;
    private readonly ConcurrentQueue<ConnectorEvent> _waiting = new();
    private readonly Dictionary<int, ulong> _startTicks = [];
    private readonly Thread _reader;
    private ulong _lostForks;
    private ulong _lostExecs;
    private ulong _lostExits;
    private ulong _lostUnknown;

    private ProcConnector(SafeFileHandle socket)
    {
        _socket = socket;
        _stop = Interop.eventfd(0, Interop.EFD_CLOEXEC | Interop.EFD_NONBLOCK);
        _reader = new Thread(ReadLoop) { IsBackground = true, Name = "proc-connector" };
        _reader.Start();
    }

    /// <inheritdoc/>
    public string Mechanism => MechanismNames.ProcConnector;

    /// <inheritdoc/>
    public int WakeDescriptor => -1;

    /// <inheritdoc/>
    public LostEvents Lost => new(
        Volatile.Read(ref _lostForks), Volatile.Read(ref _lostExecs), Volatile.Read(ref _lostExits), Volatile.Read(ref _lostUnknown));

    /// <summary>Subscribes.</summary>
    /// <returns>The source, or null when the system refuses; and the mechanism's status with the reason.</returns>
    public static (ProcConnector? Connector, MechanismStatus Status) Start()
    {
        (SafeFileHandle? socket, string refusal) = Subscribe();
        return socket is null
            ? (null, new MechanismStatus(MechanismNames.ProcConnector, InForce: false, refusal,
                "Processes are known only from readings of /proc."))
            : (new ProcConnector(socket), new MechanismStatus(MechanismNames.ProcConnector, InForce: true,
                "fork, exec and exit by netlink; details from /proc", ""));
    }

    /// <summary>Whether the kernel would let us subscribe; nothing stays open.</summary>
    public static MechanismStatus Probe()
    {
        (SafeFileHandle? socket, string refusal) = Subscribe();
        if (socket is not null)
            Unsubscribe(socket);
        return new MechanismStatus(MechanismNames.ProcConnector, InForce: false,
            socket is null ? refusal : "available; not needed while bpf.tp_btf is in force", socket is null ? "The fallback of bpf.tp_btf." : "");
    }

    /// <inheritdoc/>
    public int Drain(int max, IProcessEventSink sink)
    {
        int count = 0;
        while (count < max && _waiting.TryDequeue(out ConnectorEvent? next))
        {
            next.Pass(sink);
            count++;
        }
        return count;
    }

    /// <inheritdoc/>
    public bool SetMemoryExecPolicy(MemoryExecPolicy policy) => !policy.DeniesAll && policy.DeniedUsers.Length == 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = Interop.eventfd_write(_stop, 1);
        _reader.Join();
        Unsubscribe(_socket);
        _stop.Dispose();
    }

    private static (SafeFileHandle? Socket, string Refusal) Subscribe()
    {
        SafeFileHandle socket = Interop.netlink_socket(Interop.PF_NETLINK, Interop.SOCK_DGRAM | Interop.SOCK_CLOEXEC, Interop.NETLINK_CONNECTOR);
        Interop.sockaddr_nl address = new() { nl_family = Interop.PF_NETLINK, nl_groups = Interop.CN_IDX_PROC };
        int size = ReceiveBufferBytes;
        if (socket.IsInvalid || Interop.netlink_bind(socket, &address, sizeof(Interop.sockaddr_nl)) < 0 || !Send(socket, Interop.PROC_CN_MCAST_LISTEN))
        {
            string refusal = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            socket.Dispose();
            return (null, refusal);
        }
        // Without CAP_NET_ADMIN the default stays; more is then lost in a storm, and counted.
        _ = Interop.netlink_setsockopt(socket, Interop.SOL_SOCKET, Interop.SO_RCVBUFFORCE, &size, sizeof(int));
        // The kernel acknowledges the subscription, with an error number when it refuses.
        Interop.pollfd poll = new() { fd = (int)socket.DangerousGetHandle(), events = Interop.POLLIN };
        if (Interop.poll(&poll, 1, 1_000) != 1)
        {
            socket.Dispose();
            return (null, "the kernel does not answer (no CONFIG_PROC_EVENTS, or not in the initial namespaces)");
        }
        return (socket, "");
    }

    /// <summary>Up to 6.5 the kernel goes on making events for a socket that is merely closed.</summary>
    private static void Unsubscribe(SafeFileHandle socket)
    {
        _ = Send(socket, Interop.PROC_CN_MCAST_IGNORE);
        socket.Dispose();
    }

    private static bool Send(SafeFileHandle socket, uint operation)
    {
        int length = sizeof(Interop.nlmsghdr) + sizeof(Interop.cn_msg) + sizeof(uint);
        byte* message = stackalloc byte[length];
        *(Interop.nlmsghdr*)message = new Interop.nlmsghdr { nlmsg_len = (uint)length, nlmsg_type = Interop.NLMSG_DONE };
        *(Interop.cn_msg*)(message + sizeof(Interop.nlmsghdr)) =
            new Interop.cn_msg { idx = Interop.CN_IDX_PROC, val = Interop.CN_VAL_PROC, len = sizeof(uint) };
        *(uint*)(message + length - sizeof(uint)) = operation;
        return Interop.netlink_send(socket, message, (nuint)length, 0) == length;
    }

    private void ReadLoop()
    {
        const int ENOBUFS = 105;
        const int BufferBytes = 64 * 1024;
        byte* buffer = (byte*)NativeMemory.Alloc(BufferBytes);
        Interop.pollfd* poll = stackalloc Interop.pollfd[2];
        poll[0] = new Interop.pollfd { fd = (int)_socket.DangerousGetHandle(), events = Interop.POLLIN };
        poll[1] = new Interop.pollfd { fd = (int)_stop.DangerousGetHandle(), events = Interop.POLLIN };
        ulong bootId = BootClock.ReadBootId();
        while (true)
        {
            _ = Interop.poll(poll, 2, -1);
            if ((poll[1].revents & Interop.POLLIN) != 0)
                break;
            Interop.sockaddr_nl sender;
            int senderLength = sizeof(Interop.sockaddr_nl);
            nint length = Interop.netlink_recvfrom(_socket, buffer, BufferBytes, Interop.MSG_DONTWAIT, &sender, &senderLength);
            if (length < 0)
            {
                if (Marshal.GetLastPInvokeError() == ENOBUFS)
                    Volatile.Write(ref _lostUnknown, _lostUnknown + 1);
                continue;
            }
            // Only the kernel has port 0: any process may send to our group.
            if (sender.nl_pid == 0)
                Take(new ReadOnlySpan<byte>(buffer, (int)length), bootId);
        }
        NativeMemory.Free(buffer);
    }

    private void Take(ReadOnlySpan<byte> message, ulong bootId)
    {
        int head = sizeof(Interop.nlmsghdr) + sizeof(Interop.cn_msg);
        if (message.Length < head + sizeof(Interop.proc_event))
            return;
        Interop.proc_event proc = MemoryMarshal.Read<Interop.proc_event>(message[head..]);
        ReadOnlySpan<byte> data = message[(head + sizeof(Interop.proc_event))..];
        long bootUnixNs = BootClock.BootUnixNs();
        switch (proc.what)
        {
            case Interop.PROC_EVENT_FORK when data.Length >= sizeof(Interop.fork_proc_event):
                Interop.fork_proc_event fork = MemoryMarshal.Read<Interop.fork_proc_event>(data);
                if (fork.child_pid == fork.child_tgid)
                    Put(ConnectorEvent.Fork(Describe(fork.child_tgid, fork.parent_tgid, proc.timestamp_ns, bootId, bootUnixNs)), ref _lostForks);
                break;
            case Interop.PROC_EVENT_EXEC when data.Length >= sizeof(Interop.exec_proc_event):
                Interop.exec_proc_event exec = MemoryMarshal.Read<Interop.exec_proc_event>(data);
                ConnectorProcess process = Describe(exec.process_tgid, 0, proc.timestamp_ns, bootId, bootUnixNs);
                Put(ConnectorEvent.Exec(process), ref _lostExecs);
                break;
            case Interop.PROC_EVENT_EXIT when data.Length >= sizeof(Interop.exit_proc_event):
                Interop.exit_proc_event exit = MemoryMarshal.Read<Interop.exit_proc_event>(data);
                if (exit.process_pid != exit.process_tgid)
                    break;
                _startTicks.Remove(exit.process_tgid, out ulong started);
                ProcessFacts facts = new(exit.process_tgid, started, exit.parent_tgid, _startTicks.GetValueOrDefault(exit.parent_tgid),
                    0, 0, 0, started == 0 ? 0 : bootUnixNs + (long)(started * BootClock.NanosecondsPerTick), TimeOf(proc.timestamp_ns));
                Put(ConnectorEvent.Exit(facts, WaitStatus.ToExitCode((int)exit.exit_code)), ref _lostExits);
                break;
        }
    }

    private ConnectorProcess Describe(int pid, int parentPid, ulong monotonicNs, ulong bootId, long bootUnixNs)
    {
        long time = TimeOf(monotonicNs);
        ProcessInfo? info = ProcReader.Read(pid, bootId, bootUnixNs);
        // Gone already: the event itself came within a tick of the start.
        ulong start = ProcReader.TryReadStat($"/proc/{pid}", out ProcStat stat) ? stat.StartTicks
            : _startTicks.TryGetValue(pid, out ulong known) ? known
            : (ulong)Math.Max(1, (time - bootUnixNs) / (long)BootClock.NanosecondsPerTick);
        _startTicks[pid] = start;
        int parent = info?.ParentPid ?? parentPid;
        ulong parentStart = _startTicks.TryGetValue(parent, out ulong knownParent) ? knownParent
            : ProcReader.TryReadStat($"/proc/{parent}", out ProcStat parentStat) ? parentStat.StartTicks : 0;
        ProcessFacts facts = new(pid, start, parent, parentStart, info?.UserId ?? 0, info?.GroupId ?? 0, 0,
            bootUnixNs + (long)(start * BootClock.NanosecondsPerTick), time);
        return new ConnectorProcess(facts, info);
    }

    /// <summary>The kernel stamps with CLOCK_MONOTONIC.</summary>
    private static long TimeOf(ulong monotonicNs)
    {
        Interop.timespec monotonic, real;
        _ = Interop.clock_gettime(Interop.CLOCK_MONOTONIC, &monotonic);
        _ = Interop.clock_gettime(Interop.CLOCK_REALTIME, &real);
        return ((real.tv_sec - monotonic.tv_sec) * 1_000_000_000) + (real.tv_nsec - monotonic.tv_nsec) + (long)monotonicNs;
    }

    private void Put(ConnectorEvent next, ref ulong lost)
    {
        if (_waiting.Count < MaxWaiting)
            _waiting.Enqueue(next);
        else
            Volatile.Write(ref lost, lost + 1);
    }
}
