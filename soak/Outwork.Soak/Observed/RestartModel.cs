namespace Outwork.Soak.Observed;

/// <summary>
/// How long the warden waits before it starts a process again, as docs/architecture.md has it: 100 ms, doubled each time to 5 s, from the
/// start after 30 s of health. The soak computes it from what it sees, because the bars are for the shortest wait.
/// </summary>
internal sealed class RestartModel
{
    /// <summary>The shortest wait, which the bars include.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    // What is seen is late by a look, and the warden's clock starts a little earlier.
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(31);

    private TimeSpan next = Shortest;

    /// <summary>By how much the latest wait was longer than the shortest.</summary>
    public TimeSpan Extra { get; private set; }

    /// <summary>The process ended after having run for this long.</summary>
    public void OnEnded(TimeSpan ran)
    {
        if (ran >= Healthy)
            next = Shortest;
        Extra = next - Shortest;
        next = next * 2 < Longest ? next * 2 : Longest;
    }

    /// <summary>A new warden begins anew.</summary>
    public void Reset() => (next, Extra) = (Shortest, TimeSpan.Zero);
}
