namespace Outwork.Faults;

/// <summary>What can happen to the warden, which starts the others, and to its keeper.</summary>
internal static class WardenFaults
{
    private const string NewWarden = "the broker ends with its warden, the kernel lets through what waits; the keeper starts a new warden after 100 ms";
    private const string NobodyStarts = "everything ends and the machine is left open; whoever started it starts it again";
    private static readonly TimeSpan Restart = TimeSpan.FromSeconds(5);

    public static IReadOnlyList<Fault> All { get; } =
    [
        Ended("warden killed", Signals.Kill),
        Ended("warden ended by a memory fault", Signals.SegmentationFault),
        Ended("warden aborted", Signals.Abort),
        Hit("warden stopped and continued") with
        {
            Description = "SIGSTOP, and SIGCONT after two seconds.",
            Inject = static machine => Send(machine, MachineRole.Warden, Signals.Stop),
            Repair = static machine => Send(machine, MachineRole.Warden, Signals.Continue),
            LongestWait = Fault.Deadline,
            Gap = TimeSpan.Zero,
            Return = "the broker judges without it; nothing is lost",
        },
        Hit("warden stopped while the broker dies") with
        {
            Description = "SIGSTOP to the warden, then SIGKILL to the broker; SIGCONT after two seconds.",
            Inject = static machine =>
            {
                Send(machine, MachineRole.Warden, Signals.Stop);
                Send(machine, MachineRole.Broker, Signals.Kill);
            },
            Repair = static machine => Send(machine, MachineRole.Warden, Signals.Continue),
            Gap = TimeSpan.FromSeconds(7),
            HitsBroker = true,
            Return = "the kernel lets everything through until the warden goes on; then a new broker",
        },
        Hit("warden killed while the broker is stopped") with
        {
            WardenEnds = 1,
            Description = "SIGSTOP to the broker and SIGKILL to the warden, so that nobody watches the broker.",
            Inject = static machine =>
            {
                Send(machine, MachineRole.Broker, Signals.Stop);
                Send(machine, MachineRole.Warden, Signals.Kill);
            },
            Return = "the kernel ends the broker with the warden; the keeper starts a new warden",
        },
        Hit("warden and broker killed together") with
        {
            WardenEnds = 1,
            Description = "SIGKILL to both at once.",
            Inject = static machine =>
            {
                int broker = machine.Pid(MachineRole.Broker);
                Send(machine, MachineRole.Warden, Signals.Kill);
                _ = FaultedMachine.TrySignal(broker, Signals.Kill);
            },
            Return = NewWarden,
        },
        Hit("warden killed twice in a row") with
        {
            WardenEnds = 2,
            Description = "SIGKILL, and again as soon as the new one judges.",
            Inject = static machine =>
            {
                machine.KillAndAwaitNext(MachineRole.Warden, TimeSpan.FromSeconds(10));
                Send(machine, MachineRole.Warden, Signals.Kill);
            },
            Gap = TimeSpan.FromSeconds(10),
            Recovery = TimeSpan.FromSeconds(10),
            Return = "the keeper starts a new warden after 100 ms, then after 200 ms",
        },
        Hit("keeper stopped and continued") with
        {
            Description = "SIGSTOP, and SIGCONT after two seconds.",
            Inject = static machine => FaultedMachine.Signal(machine.Keeper, Signals.Stop),
            Repair = static machine => FaultedMachine.Signal(machine.Keeper, Signals.Continue),
            LongestWait = Fault.Deadline,
            Gap = TimeSpan.Zero,
            Return = "nothing is lost",
        },
        Hit("keeper killed") with
        {
            Description = "SIGKILL to the keeper.",
            Inject = static machine => FaultedMachine.Signal(machine.Keeper, Signals.Kill),
            Gap = TimeSpan.MaxValue,
            Recovery = null,
            SpoilsMachine = true,
            Return = "the warden stops everything in order; whoever started it starts it again",
        },
        Hit("keeper and warden killed together") with
        {
            Description = "SIGKILL to both at once.",
            Inject = static machine =>
            {
                int warden = machine.Pid(MachineRole.Warden);
                FaultedMachine.Signal(machine.Keeper, Signals.Kill);
                FaultedMachine.Signal(warden, Signals.Kill);
            },
            Gap = TimeSpan.MaxValue,
            Recovery = null,
            SpoilsMachine = true,
            LeavesControlGroups = true,
            Return = NobodyStarts,
        },
        Hit("every process of Outwork killed at once") with
        {
            Description = "SIGKILL to keeper, warden, broker, agent and products.",
            Inject = static machine =>
            {
                foreach (MachineProcess process in machine.Processes())
                    _ = FaultedMachine.TrySignal(process.Pid, Signals.Kill);
            },
            Gap = TimeSpan.MaxValue,
            Recovery = null,
            SpoilsMachine = true,
            Return = NobodyStarts,
            LeavesControlGroups = true,
        },
    ];

    private static Fault Ended(string name, Signals signal) => Hit(name) with
    {
        Description = $"Signal {(int)signal} to the warden.",
        Inject = machine => FaultedMachine.End(machine.Pid(MachineRole.Warden), signal),
        WardenEnds = 1,
    };

    private static Fault Hit(string name) => new()
    {
        Name = name,
        Group = FaultGroup.Warden,
        Description = name,
        Inject = static _ => { },
        LongestWait = Fault.Stall,
        Gap = Restart,
        Return = NewWarden,
    };

    private static void Send(FaultedMachine machine, MachineRole role, Signals signal) => FaultedMachine.Signal(machine.Pid(role), signal);
}
