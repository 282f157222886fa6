namespace Outwork.Broker.Tests;

/// <summary>A clock that moves when it is told to.</summary>
internal sealed class ManualTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 7, 19, 4, 9, 0, TimeSpan.Zero);
    private long _ticks = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan by) => _ticks += by.Ticks;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(_ticks);

    /// <summary>Wall-clock time, ns since 1970, as file systems keep it.</summary>
    public long UnixNs => (GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}
