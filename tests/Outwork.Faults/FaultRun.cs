using Outwork.Contracts.Control;

namespace Outwork.Faults;

/// <summary>Makes one fault happen on a machine and measures what it costs.</summary>
public static class FaultRun
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Runs it to its end. The machine must judge when this begins; it does when the result has a recovery.</summary>
    public static FaultResult Execute(Fault fault, FaultedMachine machine)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentNullException.ThrowIfNull(machine);
        fault.Prepare?.Invoke(machine);
        LeftoverObjects before = LeftoverObjects.Of(machine);
        Dictionary<string, ulong> counters = CountersOf(machine);
        int logged = machine.Log().Length;

        long begin = WorkProbe.Now;
        fault.Inject(machine);
        long bad = Watch(machine, begin, fault.Lasts);
        long from = begin;
        if (fault.Repair is not null)
        {
            from = WorkProbe.Now;
            fault.Repair(machine);
        }

        TimeSpan? recovery = Recover(fault, machine, from, ref bad);
        _ = machine.Probe.WaitUntilIdle(Grace);
        long end = WorkProbe.Now;
        ProbeWindow window = machine.Probe.Between(begin, end);
        return new FaultResult
        {
            Fault = fault,
            Lost = Grown(counters, CountersOf(machine)),
            Unprotected = window.Unprotected(),
            WithoutProduct = window.Without(ProbeOperation.AskedClosed),
            WithoutBystander = window.Without(ProbeOperation.Bystander),
            LongestWait = window.Longest.Took,
            LongestOperation = window.Longest.Operation,
            Failed = window.Failed(fault.DeniesByVerdict),
            Operations = window.Count,
            Recovery = recovery,
            Leftovers = fault.SpoilsMachine ? [] : Leftovers(machine, before),
            Log = machine.Log() is var log && log.Length > logged ? log[logged..] : "",
        };
    }

    // Lets the fault last. Returns when something was last seen not to judge.
    private static long Watch(FaultedMachine machine, long begin, TimeSpan lasts)
    {
        long bad = begin;
        while (TimeProvider.System.GetElapsedTime(begin) < lasts)
        {
            if (!machine.IsJudging())
                bad = WorkProbe.Now;
            Waiting.Let(Between);
        }

        return bad;
    }

    private static TimeSpan? Recover(Fault fault, FaultedMachine machine, long from, ref long bad)
    {
        long limit = WorkProbe.Now;
        while (true)
        {
            if (machine.IsJudging())
                return TimeProvider.System.GetElapsedTime(from, Math.Max(from, bad));
            bad = WorkProbe.Now;
            if (TimeProvider.System.GetElapsedTime(limit) > fault.Recovery + Grace)
                return null;
            Waiting.Let(Between / 5);
        }
    }

    private static Dictionary<string, ulong> CountersOf(FaultedMachine machine) =>
        machine.TryStatus()?.Counters.ToDictionary(static counter => counter.Name, static counter => counter.Value) ?? [];

    // A broker that was started again counts from 0.
    private static SortedDictionary<string, ulong> Grown(Dictionary<string, ulong> before, Dictionary<string, ulong> after)
    {
        var grown = new SortedDictionary<string, ulong>(StringComparer.Ordinal);
        foreach ((string name, ulong value) in after)
        {
            ulong old = before.GetValueOrDefault(name);
            ulong more = value >= old ? value - old : value;
            if (more > 0 && IsLoss(name))
                grown[name] = more;
        }

        return grown;
    }

    private static bool IsLoss(string counter) =>
        counter.StartsWith("failure.", StringComparison.Ordinal) || counter.StartsWith("telemetry.lost", StringComparison.Ordinal)
        || counter.StartsWith("notify.shed", StringComparison.Ordinal) || counter.StartsWith("sessions.", StringComparison.Ordinal)
        || counter.StartsWith("reactor.", StringComparison.Ordinal) || counter.StartsWith("products.", StringComparison.Ordinal)
        || counter.StartsWith("exec.unjudged", StringComparison.Ordinal) || counter.StartsWith("repair.", StringComparison.Ordinal);

    private static IReadOnlyList<string> Leftovers(FaultedMachine machine, LeftoverObjects before)
    {
        IReadOnlyList<string> left = [];
        _ = Waiting.Until(() => (left = LeftoverObjects.Of(machine).Since(before)).Count == 0, TimeSpan.FromSeconds(2));
        return left;
    }
}
