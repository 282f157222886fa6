namespace Outwork.Warden.Supervision;

/// <summary>
/// When a broker that ended is started again: soon, but after five deaths within a minute only after a minute, then two, up to a
/// quarter of an hour, until one has run for half a minute. In between the machine is unguarded, and open.
/// </summary>
internal sealed class BrokerRestarts(TimeProvider time)
{
    public static readonly TimeSpan ShortestRetry = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(15);

    private readonly RestartBackoff _backoff = new(time);
    private readonly DeathCount _deaths = new(time);
    private TimeSpan _retry = ShortestRetry;
    private long _started;
    private bool _ran;

    /// <summary>True from the fifth death within a minute until a broker has run for half a minute.</summary>
    public bool IsUnguarded { get; private set; }

    /// <summary>How often it was started again or is about to be.</summary>
    public int Count { get; private set; }

    /// <summary>The broker runs.</summary>
    public void OnStarted()
    {
        _backoff.OnStarted();
        (_started, _ran) = (time.GetTimestamp(), true);
    }

    /// <summary>It ended, or could not be started. Returns how long to wait.</summary>
    public TimeSpan OnEnded()
    {
        Count++;
        bool wasHealthy = _ran && time.GetElapsedTime(_started) >= RestartBackoff.Healthy;
        _ran = false;
        if (wasHealthy)
        {
            IsUnguarded = false;
            _retry = ShortestRetry;
        }

        TimeSpan wait = _backoff.OnEnded();
        IsUnguarded |= _deaths.Add();
        if (!IsUnguarded)
            return wait;
        wait = _retry;
        _retry = _retry * 2 < LongestRetry ? _retry * 2 : LongestRetry;
        return wait;
    }
}
