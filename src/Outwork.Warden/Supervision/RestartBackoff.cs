namespace Outwork.Warden.Supervision;

/// <summary>When a process that ended is started again: after 100 ms, doubled each time to 5 s; from the start after 30 s of health.</summary>
internal sealed class RestartBackoff(TimeProvider time)
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Healthy = TimeSpan.FromSeconds(30);

    private TimeSpan _next = Shortest;
    private long _started = time.GetTimestamp();

    /// <summary>The process runs.</summary>
    public void OnStarted() => _started = time.GetTimestamp();

    /// <summary>The process ended, or could not be started. Returns how long to wait.</summary>
    public TimeSpan OnEnded()
    {
        if (time.GetElapsedTime(_started) >= Healthy)
            _next = Shortest;
        TimeSpan wait = _next;
        _next = wait * 2 < Longest ? wait * 2 : Longest;
        _started = time.GetTimestamp();
        return wait;
    }
}
