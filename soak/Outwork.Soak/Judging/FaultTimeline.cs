using Outwork.Soak.Planning;

namespace Outwork.Soak.Judging;

/// <summary>All faults that were done, in order. Any thread.</summary>
internal sealed class FaultTimeline(SoakClock clock)
{
    private const int Told = 5;

    private readonly Lock gate = new();
    private readonly List<FaultWindow> windows = [];

    /// <summary>All windows.</summary>
    public IReadOnlyList<FaultWindow> Windows
    {
        get
        {
            lock (gate)
                return [.. windows];
        }
    }

    /// <summary>A fault is about to be done. To be called before it is, so that nothing it causes is seen earlier.</summary>
    public FaultWindow Begin(PlannedFault fault)
    {
        var window = new FaultWindow(fault, clock.Now);
        lock (gate)
            windows.Add(window);
        return window;
    }

    /// <summary>Changes a window, and returns what the change returns.</summary>
    public T Change<T>(FaultWindow window, Func<FaultWindow, T> change)
    {
        lock (gate)
            return change(window);
    }

    /// <summary>Does something with all windows that have a part in a time, the newest first, until it returns true. Returns whether it did.</summary>
    public bool Any(long from, long to, Func<FaultWindow, bool> isEnough)
    {
        lock (gate)
        {
            for (int i = windows.Count - 1; i >= 0; i--)
            {
                if (windows[i].Overlaps(from, to) && isEnough(windows[i]))
                    return true;
            }
        }
        return false;
    }

    /// <summary>The latest faults, the newest last, each with its time.</summary>
    public IReadOnlyList<string> LatestBefore(long when)
    {
        lock (gate)
        {
            return
            [
                .. windows.Where(window => window.Begun <= when).TakeLast(Told)
                    .Select(window => $"{clock.Since(window.Begun).TotalSeconds:0.0} s {window.Fault} {Standing(window)}"),
            ];
        }
    }

    private static string Standing(FaultWindow window) =>
        window.Over is { } over ? $"(over after {SoakClock.Between(window.Begun, over).TotalSeconds:0.0} s)" : "(not over)";
}
