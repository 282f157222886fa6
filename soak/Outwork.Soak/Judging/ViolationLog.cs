namespace Outwork.Soak.Judging;

/// <summary>Collects violations. Any thread. The first hundred are kept in full; of more only the number.</summary>
/// <param name="clock">The soak's clock.</param>
/// <param name="timeline">Where the latest faults are read.</param>
/// <param name="told">Called with each that is kept, at once.</param>
internal sealed class ViolationLog(SoakClock clock, FaultTimeline timeline, Action<Violation>? told = null)
{
    private const int Kept = 100;

    private readonly Lock gate = new();
    private readonly List<Violation> violations = [];

    /// <summary>All of them, kept or not.</summary>
    public int Count { get; private set; }

    /// <summary>Those that are kept, in order.</summary>
    public IReadOnlyList<Violation> Violations
    {
        get
        {
            lock (gate)
                return [.. violations];
        }
    }

    /// <summary>Adds one that happened at <paramref name="when"/>.</summary>
    public void Add(Invariant invariant, long when, string what)
    {
        var violation = new Violation(invariant, clock.Since(when).TotalSeconds, what, timeline.LatestBefore(when));
        lock (gate)
        {
            Count++;
            if (violations.Count == Kept)
                return;
            violations.Add(violation);
        }
        told?.Invoke(violation);
    }
}
