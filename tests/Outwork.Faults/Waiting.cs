namespace Outwork.Faults;

/// <summary>Waits for conditions; nothing here waits for a time alone but where a fault shall last.</summary>
public static class Waiting
{
    private const int StepMs = 10;

    /// <summary>Waits until a condition holds. Returns false when the time is over before.</summary>
    public static bool Until(Func<bool> condition, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(condition);
        long began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > limit)
                return false;
            _ = Thread.CurrentThread.Join(StepMs);
        }

        return true;
    }

    /// <summary>Lets time pass while a fault lasts.</summary>
    public static void Let(TimeSpan time) => Thread.CurrentThread.Join(time);
}
