namespace Outwork.Broker.Processes;

/// <summary>
/// When to repair: as soon as something was lost, then at most once in a pause while losses go on, and once more after the last.
/// The pause grows with what a repair costs, so that repairing never takes more than a tenth of a processor. One thread.
/// </summary>
public sealed class RepairSchedule(TimeProvider time)
{
    private const int CostFactor = 10;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private TimeSpan _pause = ShortestPause;
    private long _startedAt;
    private bool _isWanted, _hasStarted;

    /// <summary>True while one is under way.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>True when one should begin now.</summary>
    public bool IsDue => _isWanted && !IsRunning && (!_hasStarted || time.GetElapsedTime(_startedAt) >= _pause);

    /// <summary>Something was lost.</summary>
    public void Want() => _isWanted = true;

    /// <summary>One begins: what is lost from now on needs another.</summary>
    public void Begin()
    {
        (_isWanted, IsRunning, _hasStarted) = (false, true, true);
        _startedAt = time.GetTimestamp();
    }

    /// <summary>It has ended.</summary>
    /// <param name="succeeded">False: another one is needed.</param>
    /// <param name="cost">Time it took to read the system.</param>
    public void End(bool succeeded, TimeSpan cost)
    {
        IsRunning = false;
        _isWanted |= !succeeded;
        _pause = cost * CostFactor > ShortestPause ? cost * CostFactor : ShortestPause;
    }
}
