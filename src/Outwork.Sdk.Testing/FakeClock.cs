namespace Outwork.Sdk.Testing;

/// <summary>
/// A clock that moves only when told to. Timers that fall due run inside of <see cref="Advance"/>, on its caller's thread, in
/// the order of their due times. Thread-safe.
/// </summary>
public sealed class FakeClock : TimeProvider
{
    private const long NanosecondsPerTick = 100;
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _timestamp = TimeSpan.FromHours(1).Ticks * NanosecondsPerTick;
    private long _timersMade;

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000_000_000;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
            return _timestamp;
    }

    /// <summary>Moves the clock on and runs what falls due on the way, each at its time.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        long end = GetTimestamp() + (by.Ticks * NanosecondsPerTick);
        while (true)
        {
            FakeTimer? due;
            lock (_gate)
            {
                due = _timers.Where(timer => timer.DueNs <= end).MinBy(timer => (timer.DueNs, timer.Order));
                MoveTo(due is null ? end : Math.Max(due.DueNs, _timestamp));
                due?.Rearm();
            }

            if (due is null)
                return;
            due.Fire();
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        FakeTimer timer;
        lock (_gate)
            timer = new FakeTimer(this, () => callback(state), ++_timersMade);
        timer.Change(dueTime, period);
        return timer;
    }

    private void MoveTo(long timestamp)
    {
        _now = _now.AddTicks((timestamp - _timestamp) / NanosecondsPerTick);
        _timestamp = timestamp;
    }

    private sealed class FakeTimer(FakeClock clock, Action callback, long order) : ITimer
    {
        private TimeSpan _period;

        public long DueNs { get; private set; }

        public long Order => order;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                _period = period;
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                DueNs = clock._timestamp + (dueTime.Ticks * NanosecondsPerTick);
                clock._timers.Add(this);
            }

            // As the system's timers: what is due already does not wait for the clock to move.
            if (dueTime == TimeSpan.Zero)
                clock.Advance(TimeSpan.Zero);
            return true;
        }

        public void Rearm()
        {
            if (_period > TimeSpan.Zero)
                DueNs += _period.Ticks * NanosecondsPerTick;
            else
                clock._timers.Remove(this);
        }

        public void Fire() => callback();

        public void Dispose()
        {
            lock (clock._gate)
                clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
