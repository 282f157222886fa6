namespace Outwork.BrokerHost.Reactor;

/// <summary>
/// Decides when the reactor polls instead of sleeping. After a question the reply is near, and after an execution was allowed
/// the open that belongs to it: a wake-up of an idle processor costs more (some 50 µs in a virtual machine) than either takes.
/// Polling that is not rewarded takes the processor from those who wait, so it stops after a few misses and is tried again
/// only now and then. Reactor thread only. Measured by the spawn workload of the benchmark.
/// </summary>
internal sealed class HotWait(TimeProvider time)
{
    private const int MissesBeforePause = 4, PauseLength = 64;
    private static readonly TimeSpan Budget = TimeSpan.FromMicroseconds(60);
    private readonly long _budget = (long)(Budget.TotalSeconds * time.TimestampFrequency);
    private long _until;
    private int _misses, _paused;

    /// <summary>True while polling is worth it.</summary>
    public bool IsHot => _until != 0;

    /// <summary>Something was asked or answered: more is about to come.</summary>
    public void Heat()
    {
        if (_paused > 0 && --_paused > 0) return;
        _until = time.GetTimestamp() + _budget;
    }

    /// <summary>A poll is over.</summary>
    /// <param name="found">True when it found something.</param>
    public void Polled(bool found)
    {
        if (found)
        {
            _misses = 0;
            _until = 0;
        }
        else if (time.GetTimestamp() >= _until)
        {
            _until = 0;
            if (++_misses < MissesBeforePause) return;
            _misses = 0;
            _paused = PauseLength;
        }
    }
}
