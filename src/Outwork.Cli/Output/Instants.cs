namespace Outwork.Cli.Output;

/// <summary>Times and durations for people, in this machine's time zone.</summary>
internal sealed class Instants(TimeProvider time)
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Time of day to the millisecond.</summary>
    public string TimeOfDay(long unixNs) => Local(unixNs).ToString("HH:mm:ss.fff");

    /// <summary>Date, time and offset.</summary>
    public string Full(long unixNs) => Local(unixNs).ToString("yyyy-MM-dd HH:mm:ss.fff zzz");

    /// <summary>How long ago, coarsely.</summary>
    public string Since(long unixNs)
    {
        TimeSpan span = time.GetUtcNow() - Utc(unixNs);
        return span switch
        {
            { TotalSeconds: < 60 } => $"{Math.Max(0, span.TotalSeconds):0} s",
            { TotalMinutes: < 60 } => $"{span.Minutes} min {span.Seconds} s",
            { TotalHours: < 24 } => $"{span.Hours} h {span.Minutes} min",
            _ => $"{(int)span.TotalDays} d {span.Hours} h",
        };
    }

    /// <summary>A latency.</summary>
    public static string Microseconds(double microseconds) => microseconds switch
    {
        < 10 => $"{microseconds:0.0} µs",
        < 10_000 => $"{microseconds:0} µs",
        < 1_000_000 => $"{microseconds / 1_000:0.0} ms",
        _ => $"{microseconds / 1_000_000:0.00} s",
    };

    private static DateTimeOffset Utc(long unixNs) => DateTimeOffset.UnixEpoch.AddTicks(unixNs / NanosecondsPerTick);

    private DateTimeOffset Local(long unixNs) => TimeZoneInfo.ConvertTime(Utc(unixNs), time.LocalTimeZone);
}
