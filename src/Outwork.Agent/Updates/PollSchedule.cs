namespace Outwork.Agent.Updates;

/// <summary>
/// When the repository is asked next: at its pace, with jitter so that a fleet does not ask in step. While it fails it is asked again soon,
/// then less and less often down to that pace. One thread.
/// </summary>
/// <param name="every">The pace.</param>
/// <param name="randomness">Seeded by whoever composes.</param>
internal sealed class PollSchedule(TimeSpan every, Random randomness)
{
    private const double Jitter = 0.2;
    private const int MostDoublings = 6;

    private static readonly TimeSpan FirstSpread = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);

    private int _failures;

    /// <summary>Before it is asked at first: machines that were started together do not ask together.</summary>
    public TimeSpan AtFirst() => (FirstSpread < every ? FirstSpread : every) * randomness.NextDouble();

    /// <summary>After an answer.</summary>
    public TimeSpan AfterSuccess()
    {
        _failures = 0;
        return Spread(every);
    }

    /// <summary>After a failure: a few seconds at first, doubled each time, and never more than the pace.</summary>
    public TimeSpan AfterFailure()
    {
        TimeSpan retry = FirstRetry * Math.Pow(2, Math.Min(_failures, MostDoublings));
        _failures++;
        return Spread(retry < every ? retry : every);
    }

    private TimeSpan Spread(TimeSpan pause) => pause * (1 - Jitter + (2 * Jitter * randomness.NextDouble()));
}
