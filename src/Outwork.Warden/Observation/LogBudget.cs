namespace Outwork.Warden.Observation;

/// <summary>
/// How much one product may have written to the log in an hour. Of the product, not of its process: else one that ends and is started again
/// would begin anew each time. The observer's thread only.
/// </summary>
internal sealed class LogBudget(TimeProvider time)
{
    public const int WrittenPerHour = 8 * 1024 * 1024;

    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private long _windowStart = time.GetTimestamp();
    private int _written;
    private long _dropped;

    /// <summary>Takes so many characters; false when they are more than is left of the hour.</summary>
    /// <param name="length">How many.</param>
    /// <param name="report">What is to be told of it now; null for nothing.</param>
    public bool TryTake(int length, out string? report)
    {
        report = null;
        if (time.GetElapsedTime(_windowStart) >= Window)
        {
            if (_dropped != 0)
                report = $"({_dropped} characters of its log were dropped: more than {WrittenPerHour / (1024 * 1024)} MiB in an hour)";
            (_windowStart, _written, _dropped) = (time.GetTimestamp(), 0, 0);
        }

        if (_dropped == 0 && _written + length <= WrittenPerHour)
        {
            _written += length;
            return true;
        }

        // Once for the hour: it goes on.
        if (_dropped == 0)
            report = $"(its log is dropped until the hour is over: more than {WrittenPerHour / (1024 * 1024)} MiB)";
        _dropped += length;
        return false;
    }
}
