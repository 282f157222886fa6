namespace Outwork.Contracts;

/// <summary>The system's monotonic clock as it is on the wire.</summary>
public static class MonotonicClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Now, in ns. <see cref="TimeProvider.System"/> is the same clock in every process of the machine.</summary>
    public static long Nanoseconds(TimeProvider time) => Nanoseconds(time, time.GetTimestamp());

    /// <summary>A timestamp of the clock, in ns.</summary>
    public static long Nanoseconds(TimeProvider time, long timestamp)
    {
        long frequency = time.TimestampFrequency;
        return frequency == NanosecondsPerSecond
            ? timestamp
            : (timestamp / frequency * NanosecondsPerSecond) + (timestamp % frequency * NanosecondsPerSecond / frequency);
    }
}
