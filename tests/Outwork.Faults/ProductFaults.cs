namespace Outwork.Faults;

/// <summary>What is done to a product from outside.</summary>
internal static class ProductFaults
{
    private const string StartedAgain = "started again after 100 ms";

    public static IReadOnlyList<Fault> All { get; } =
    [
        Ended("product killed while it judges", Signals.Kill),
        Ended("product ended by a memory fault from outside", Signals.SegmentationFault),
        Ended("product aborted", Signals.Abort),
        Ended("product asked to end by somebody else", Signals.Terminate),
        Hit("product stopped and continued") with
        {
            Description = "SIGSTOP, and SIGCONT after almost three seconds.",
            Inject = static machine => FaultedMachine.Signal(machine.ProductPid(machine.Victim), Signals.Stop),
            Repair = static machine => FaultedMachine.Signal(machine.ProductPid(machine.Victim), Signals.Continue),
            Lasts = TimeSpan.FromMilliseconds(2800),
            Return = "demoted at the eighth miss; asked again after three good answers on trial",
        },
        Hit("product stopped for ever") with
        {
            Description = "SIGSTOP, until somebody ends it.",
            Inject = static machine => FaultedMachine.Signal(machine.ProductPid(machine.Victim), Signals.Stop),
            Repair = static machine => machine.Calm(),
            Lasts = TimeSpan.FromMilliseconds(2800),
            Return = "demoted at the eighth miss; asked again when it was ended and started anew",
        },
        Hit("product killed three times in a row") with
        {
            Description = "SIGKILL as soon as it judges again, three times.",
            Inject = static machine =>
            {
                for (int i = 0; i < 3; i++)
                {
                    int pid = machine.ProductPid(machine.Victim);
                    FaultedMachine.Signal(pid, Signals.Kill);
                    _ = Waiting.Until(() => machine.ProductPid(machine.Victim) is var next && next != 0 && next != pid && machine.IsJudging(), TimeSpan.FromSeconds(5));
                }
            },
            Lasts = TimeSpan.Zero,
            Return = "started again after 100, 200 and 400 ms",
        },
    ];

    private static Fault Ended(string name, Signals signal) => Hit(name) with
    {
        Description = $"Signal {(int)signal} to the product in the middle of questions.",
        Inject = machine => FaultedMachine.End(machine.ProductPid(machine.Victim), signal),
        NeedsRestedVictim = true,
        Recovery = TimeSpan.FromSeconds(1),
    };

    private static Fault Hit(string name) => new()
    {
        Name = name,
        Group = FaultGroup.Product,
        Description = name,
        Prepare = static machine =>
        {
            _ = machine.NextVictim();
            machine.Aim();
            _ = machine.WaitUntilJudging(TimeSpan.FromSeconds(5));
        },
        Inject = static _ => { },
        Lasts = TimeSpan.FromSeconds(1),
        HitsVictim = true,
        Return = StartedAgain,
    };
}
