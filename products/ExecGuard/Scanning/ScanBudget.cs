using Outwork.Contracts;

namespace Outwork.Products.ExecGuard.Scanning;

/// <summary>How long one scan may take.</summary>
/// <param name="time">The clock of <paramref name="endNs"/>.</param>
/// <param name="endNs">On the monotonic clock, ns.</param>
/// <param name="cancelled">Ends it earlier.</param>
internal readonly struct ScanBudget(TimeProvider time, long endNs, CancellationToken cancelled)
{
    /// <summary>The longest a scan takes when nobody waits for it, ns.</summary>
    public const long LongestNs = 30_000_000_000;

    /// <summary>What is left, ns; 0 when it is over.</summary>
    public long RemainingNs => cancelled.IsCancellationRequested ? 0 : Math.Max(0, endNs - MonotonicClock.Nanoseconds(time));

    /// <summary>True when it is over.</summary>
    public bool IsOver => RemainingNs == 0;

    /// <summary>Until the deadline, and never longer than <see cref="LongestNs"/> from now.</summary>
    public static ScanBudget Until(long deadlineNs, TimeProvider time, CancellationToken cancelled) =>
        new(time, Math.Min(deadlineNs, MonotonicClock.Nanoseconds(time) + LongestNs), cancelled);
}
