using Outwork.Contracts.Control;

namespace Outwork.Faults;

/// <summary>Makes one fault happen on a machine and measures what it costs.</summary>
public static class FaultRun
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
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

        long begin = WorkProbe.Now, from = begin;
        var watch = new Watch(machine);
        fault.Inject(machine);
        watch.LookFor(fault.Lasts);
        if (fault.Repair is not null)
        {
            from = WorkProbe.Now;
            fault.Repair(machine);
        }

        TimeSpan? recovery = fault.Recovery is { } limit ? watch.Recover(from, limit) : null;
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
            WithoutControl = watch.WithoutControl,
            LongestWait = window.Longest.Took,
            LongestOperation = window.Longest.Operation,
            Failed = fault.RemovesWork ? [] : window.Failed(fault.DeniesByVerdict),
            Operations = window.Count,
            Recovery = recovery,
            Leftovers = fault.SpoilsMachine ? [] : Leftovers(machine, before),
            Log = machine.Log() is var log && log.Length > logged ? log[logged..] : "",
        };
    }

    /// <summary>Looks at a machine again and again, and knows when it was last seen not to judge, and how long it gave no answer.</summary>
    private sealed class Watch(FaultedMachine machine)
    {
        private long _looked = WorkProbe.Now;
        private bool _answered = true;

        public long Bad { get; private set; }

        public TimeSpan WithoutControl { get; private set; }

        public bool Look()
        {
            long before = WorkProbe.Now;
            string judgement = machine.Judgement();
            bool answers = judgement != FaultedMachine.NoAnswer;
            if (!answers || !_answered)
                WithoutControl += TimeProvider.System.GetElapsedTime(answers ? _looked : _answered ? before : _looked);
            (_looked, _answered) = (WorkProbe.Now, answers);
            if (judgement.Length > 0)
                Bad = WorkProbe.Now;
            return judgement.Length == 0;
        }

        public void LookFor(TimeSpan time)
        {
            long began = WorkProbe.Now;
            while (TimeProvider.System.GetElapsedTime(began) < time)
            {
                _ = Look();
                Waiting.Let(Step);
            }
        }

        /// <summary>Returns when it judges, from a moment on; null when it does not.</summary>
        public TimeSpan? Recover(long from, TimeSpan limit)
        {
            long began = WorkProbe.Now;
            while (!Look())
            {
                if (TimeProvider.System.GetElapsedTime(began) > limit + Grace)
                    return null;
                Waiting.Let(Step / 5);
            }

            return TimeProvider.System.GetElapsedTime(from, Math.Max(from, Bad));
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
