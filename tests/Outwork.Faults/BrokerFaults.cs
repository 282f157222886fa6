namespace Outwork.Faults;

/// <summary>What can happen to the broker, for which others wait.</summary>
internal static class BrokerFaults
{
    private const string NewBroker = "the kernel lets through what waits; a new broker after 100 ms, with the decisions and denials of the old";

    public static IReadOnlyList<Fault> All { get; } =
    [
        Ended("broker killed", Signals.Kill),
        Ended("broker ended by a memory fault", Signals.SegmentationFault),
        Ended("broker aborted", Signals.Abort),
        Ended("broker asked to end by somebody else", Signals.Terminate),
        Hit("broker stopped") with
        {
            Description = "SIGSTOP while everything waits for it.",
            Inject = static machine => FaultedMachine.Signal(machine.Pid(MachineRole.Broker), Signals.Stop),
            Return = "ended by the warden after 2 s without progress; then a new broker",
        },
        Hit("broker stopped for a second") with
        {
            Description = "SIGSTOP, and SIGCONT before the warden's patience ends.",
            Inject = static machine => FaultedMachine.Signal(machine.Pid(MachineRole.Broker), Signals.Stop),
            Repair = static machine => FaultedMachine.Signal(machine.Pid(MachineRole.Broker), Signals.Continue),
            Lasts = TimeSpan.FromSeconds(1),
            Return = "goes on where it stood",
        },
        Hit("broker with few descriptors left") with
        {
            Description = "Its limit of descriptors is set to sixteen more than it has open.",
            Inject = static machine => ProcessLimits.Set(machine.Pid(MachineRole.Broker), "nofile", ProcessLimits.Descriptors(machine.Pid(MachineRole.Broker)) + 16),
            Repair = static machine => ProcessLimits.Set(machine.Pid(MachineRole.Broker), "nofile", 4096),
            HitsBroker = false,
            Gap = TimeSpan.Zero,
            Return = "judges with those that it has, a few events at a time",
        },
        Hit("broker without memory") with
        {
            Description = "Its address space may not grow any more.",
            Inject = static machine => ProcessLimits.Set(machine.Pid(MachineRole.Broker), "as", 1 << 20),
            Repair = static machine => ProcessLimits.Set(machine.Pid(MachineRole.Broker), "as", -1),
            Return = "goes on, or ends and is started again",
        },
        Hit("broker dies five times in a minute") with
        {
            Description = "SIGKILL five times, each as soon as there is a new one.",
            Inject = static machine =>
            {
                int last = 0;
                for (int i = 0; i < 5; i++)
                {
                    int next = 0;
                    _ = Waiting.Until(() => (next = machine.Pid(MachineRole.Broker)) != 0 && next != last, TimeSpan.FromSeconds(10));
                    FaultedMachine.Signal(last = next, Signals.Kill);
                }
            },
            Gap = TimeSpan.MaxValue,
            Recovery = null,
            NeedsRestedVictim = true,
            SpoilsMachine = true,
            Return = "left open, and loudly so; the next try after 1 minute, then 2, 4 ... 15",
        },
    ];

    private static Fault Ended(string name, Signals signal) => Hit(name) with
    {
        Description = $"Signal {(int)signal} to the broker in the middle of questions.",
        Inject = machine => FaultedMachine.End(machine.Pid(MachineRole.Broker), signal),
    };

    private static Fault Hit(string name) => new()
    {
        Name = name,
        Group = FaultGroup.Broker,
        Description = name,
        Inject = static _ => { },
        LongestWait = Fault.Stall,
        Gap = TimeSpan.FromSeconds(5),
        HitsBroker = true,
        Return = NewBroker,
    };
}
