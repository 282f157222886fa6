using System.Diagnostics;
using Outwork.Contracts.Wire;

namespace Outwork.Platform.Linux.Sessions;

/// <summary>
/// Looks at a ring for some microseconds before its reader goes to sleep, as long as that pays: a wake-up costs about as
/// much as the longest spin, and a spin that finds nothing takes the processor from the workload. One thread at a time.
/// </summary>
internal sealed class AdaptiveSpin
{
    private const int MaximumMicroseconds = 30;
    private const int GiveUpAfter = 3;
    private const int RetryEvery = 64;
    private static readonly long Budget = MaximumMicroseconds * Stopwatch.Frequency / 1_000_000;

    private int _misses;

    /// <summary>False after three spins in a row found nothing; then every 64th wait tries again.</summary>
    public bool IsWorthwhile
    {
        get
        {
            // On one processor the other side cannot run while this one spins.
            if (Environment.ProcessorCount < 2)
                return false;
            if (_misses < GiveUpAfter)
                return true;
            return ++_misses % RetryEvery == 0;
        }
    }

    public bool Until(RingReader reader)
    {
        long end = Stopwatch.GetTimestamp() + Budget;
        do
        {
            if (reader.HasData)
            {
                _misses = 0;
                return true;
            }

            Thread.SpinWait(8);
        }
        while (Stopwatch.GetTimestamp() < end);
        _misses++;
        return false;
    }
}
