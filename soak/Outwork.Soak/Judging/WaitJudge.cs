using Outwork.Soak.Planning;

namespace Outwork.Soak.Judging;

/// <summary>
/// Nobody waits: each operation's longest step against its limit, which is the deadline of a rule or, while the broker is hit, 2.5 s. What
/// the machine itself was slow is no wait for Outwork: the same operations run all the while on a mount that nobody guards, and
/// the longest of those at the same time is added to the limit. One thread.
/// </summary>
internal sealed class WaitJudge(SoakLimits limits, SoakClock clock, FaultTimeline timeline, ViolationLog violations)
{
    // A control operation that was in the way of the same delay may be told after the one that is judged.
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);

    private readonly Queue<WorkSample> control = new();
    private readonly List<(WorkSample Sample, long Since)> suspects = [];
    private readonly Dictionary<string, long> heard = [];
    private readonly HashSet<string> silent = [];

    /// <summary>The longest of each kind so far.</summary>
    public Dictionary<string, WorkSample> Longest { get; } = [];

    /// <summary>How many of each kind.</summary>
    public Dictionary<string, long> Counts { get; } = [];

    /// <summary>Takes one operation.</summary>
    public void Add(in WorkSample sample)
    {
        WorkSample one = sample;
        heard[one.Kind] = clock.Now;
        silent.Remove(one.Kind);
        Counts[one.Kind] = Counts.GetValueOrDefault(one.Kind) + one.Steps;
        if (!Longest.TryGetValue(one.Kind, out WorkSample longest) || one.Longest > longest.Longest)
            Longest[one.Kind] = one;
        if (WorkKinds.IsControl(one.Kind))
        {
            control.Enqueue(one);
            while (control.TryPeek(out WorkSample oldest) && SoakClock.Between(oldest.Ended, clock.Now) > Kept)
                control.Dequeue();
            return;
        }

        timeline.Any(one.Begun, one.Ended, window =>
        {
            if (one.Longest > window.LongestWait)
                window.LongestWait = one.Longest;
            return false;
        });
        if (one.Longest > limits.Deadline + limits.Tolerance)
            suspects.Add((one, clock.Now));
    }

    /// <summary>Judges what has waited long enough for its control, and who is silent. To be called once a second or so.</summary>
    public void Look(bool final = false)
    {
        suspects.RemoveAll(suspect =>
        {
            if (!final && SoakClock.Between(suspect.Since, clock.Now) < Delay)
                return false;
            Judge(suspect.Sample);
            return true;
        });
        foreach (var (kind, last) in heard)
        {
            TimeSpan since = SoakClock.Between(last, clock.Now);
            if (since > limits.Silence && silent.Add(kind))
                violations.Add(Invariant.NobodyWaits, clock.Now, $"{kind}: nothing was done for {since.TotalSeconds:0.0} s");
        }
    }

    private void Judge(in WorkSample sample)
    {
        (long begun, long ended) = (sample.Begun, sample.Ended);
        bool brokerHit = timeline.Any(begun, ended, static window => window.Reach == FaultReach.Broker);
        TimeSpan limit = brokerHit ? limits.BrokerWait : limits.Deadline;
        TimeSpan machine = LongestControl(begun, ended);
        if (sample.Longest <= limit + limits.Tolerance + machine)
            return;
        violations.Add(
            Invariant.NobodyWaits, ended,
            $"{sample.Kind} waited {sample.Longest.TotalMilliseconds:0} ms; the limit was {limit.TotalMilliseconds:0} ms"
            + $" ({(brokerHit ? "the broker was hit" : "deadline")}); the longest unguarded operation then took {machine.TotalMilliseconds:0} ms");
    }

    private TimeSpan LongestControl(long from, long to)
    {
        TimeSpan longest = TimeSpan.Zero;
        foreach (WorkSample one in control)
        {
            if (one.Begun <= to && one.Ended >= from && one.Longest > longest)
                longest = one.Longest;
        }
        return longest;
    }
}
