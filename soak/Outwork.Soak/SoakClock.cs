namespace Outwork.Soak;

/// <summary>
/// The soak's clock: monotonic nanoseconds, the same that the probe reads (CLOCK_MONOTONIC, on which the system's
/// <see cref="TimeProvider"/> is based on Linux), and when the soak began.
/// </summary>
internal sealed class SoakClock(TimeProvider time)
{
    private readonly double perNanosecond = time.TimestampFrequency / 1e9;

    /// <summary>Where time comes from.</summary>
    public TimeProvider Time => time;

    /// <summary>When the soak began.</summary>
    public long Start { get; private set; } = (long)(time.GetTimestamp() / (time.TimestampFrequency / 1e9));

    /// <summary>Now, in nanoseconds.</summary>
    public long Now => (long)(time.GetTimestamp() / perNanosecond);

    /// <summary>Since the beginning, now.</summary>
    public TimeSpan Elapsed => Since(Now);

    /// <summary>The soak begins.</summary>
    public void Begin() => Start = Now;

    /// <summary>A time on this clock as one since the beginning.</summary>
    public TimeSpan Since(long when) => Between(Start, when);

    /// <summary>From one time to another.</summary>
    public static TimeSpan Between(long from, long to) => TimeSpan.FromTicks((to - from) / TimeSpan.NanosecondsPerTick);

    /// <summary>A time span later.</summary>
    public static long After(long when, TimeSpan span) => when + (span.Ticks * TimeSpan.NanosecondsPerTick);
}
