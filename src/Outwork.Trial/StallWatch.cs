namespace Outwork.Trial;

/// <summary>
/// Ends the process when its one thread stands still: nobody listens to it any more by then, and the next trial waits for its end.
/// </summary>
/// <remarks><see cref="Turn"/> is for that thread; it ends from a thread of the timer.</remarks>
internal sealed class StallWatch : IDisposable
{
    /// <summary>Whoever asked takes 10 s of silence for the end.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time;
    private readonly Action _end;
    private readonly ITimer _timer;
    private long _turned;

    /// <param name="time">Clock.</param>
    /// <param name="end">Ends the process.</param>
    public StallWatch(TimeProvider time, Action end)
    {
        (_time, _end) = (time, end);
        _turned = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Look(), null, Limit / 10, Limit / 10);
    }

    /// <summary>The thread goes on.</summary>
    public void Turn() => Volatile.Write(ref _turned, _time.GetTimestamp());

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _turned)) > Limit)
            _end();
    }
}
