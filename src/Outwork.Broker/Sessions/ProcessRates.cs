namespace Outwork.Broker.Sessions;

/// <summary>
/// Which processes cause the most events at present: the "space saving" counting of frequent items (Metwally, Agrawal and El
/// Abbadi, 2005) over a table of fixed size, halved each second. A process that causes more than a sixty-fourth of all events
/// is in the table, however many others there are. Reactor thread only; allocates nothing after construction.
/// </summary>
public sealed class ProcessRates(TimeProvider time)
{
    private const int Rows = 64, LeastEvents = 32, NoisyShare = 8;
    private readonly int[] _pids = new int[Rows], _counts = new int[Rows];
    private long _halvedAt = time.GetTimestamp();
    private int _total;

    /// <summary>Counts one event that a process caused; pid 0 is nobody.</summary>
    public void Count(int pid)
    {
        if (time.GetTimestamp() - _halvedAt >= time.TimestampFrequency) Halve();
        if (pid == 0) return;
        int row = _pids.AsSpan().IndexOf(pid);
        if (row < 0)
        {
            row = Least();
            _pids[row] = pid;
        }
        _counts[row]++;
        _total++;
    }

    /// <summary>
    /// True for the noisiest process, and for others that are at least half as noisy, if that is at least an eighth of all.
    /// </summary>
    public bool IsNoisy(int pid)
    {
        int row = pid == 0 ? -1 : _pids.AsSpan().IndexOf(pid);
        if (row < 0) return false;
        int count = _counts[row], most = 0;
        foreach (int other in _counts) most = Math.Max(most, other);
        return count >= LeastEvents && count * 2L >= most && count * (long)NoisyShare >= _total;
    }

    private void Halve()
    {
        long seconds = (time.GetTimestamp() - _halvedAt) / time.TimestampFrequency;
        _halvedAt += seconds * time.TimestampFrequency;
        int shift = (int)Math.Min(seconds, 31);
        _total = 0;
        for (int i = 0; i < Rows; i++)
        {
            _counts[i] >>= shift;
            _total += _counts[i];
        }
    }

    private int Least()
    {
        int least = 0;
        for (int i = 1; i < Rows; i++)
        {
            if (_counts[i] < _counts[least]) least = i;
        }
        return least;
    }
}
