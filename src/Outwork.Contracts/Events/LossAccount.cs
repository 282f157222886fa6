namespace Outwork.Contracts.Events;

/// <summary>
/// What one subscriber was not told of since the last gap, by kind and process. Of fixed size: when more processes lose events
/// than there are rows, the events of the others are counted by kind alone, so that the rows always add up to the total. Not
/// safe for several threads; allocates nothing after construction.
/// </summary>
public sealed class LossAccount
{
    /// <summary>The most rows: one for each kind, and these for single processes.</summary>
    public const int MaxRows = KindRows + ProcessRows;

    /// <summary>Kinds that have a row of their own; those of higher value are counted as unknown.</summary>
    public const int KindRows = 16;

    private const int ProcessRows = 16;
    private readonly ulong[] _kinds = new ulong[KindRows];
    private readonly EventLoss[] _processes = new EventLoss[ProcessRows];
    private int _used;

    /// <summary>All events not told.</summary>
    public ulong Total { get; private set; }

    /// <summary>Counts events of a kind that a process caused; pid 0 when it is not known.</summary>
    public void Add(EventKind kind, int pid, ulong events)
    {
        Total += events;
        if (pid != 0)
        {
            foreach (ref var row in _processes.AsSpan(0, _used))
            {
                if (row.Pid != pid || row.Kind != kind) continue;
                row = row with { Events = row.Events + events };
                return;
            }

            if (_used < ProcessRows)
            {
                _processes[_used++] = new EventLoss(kind, pid, events);
                return;
            }
        }

        _kinds[(int)kind < KindRows ? (int)kind : 0] += events;
    }

    /// <summary>Copies the rows that are not zero, those of single processes first, and returns how many there are.</summary>
    /// <param name="rows">Room for <see cref="MaxRows"/>.</param>
    public int CopyTo(Span<EventLoss> rows)
    {
        _processes.AsSpan(0, _used).CopyTo(rows);
        int count = _used;
        for (int kind = 0; kind < KindRows; kind++)
        {
            if (_kinds[kind] != 0) rows[count++] = new EventLoss((EventKind)kind, 0, _kinds[kind]);
        }

        return count;
    }

    /// <summary>Starts anew.</summary>
    public void Clear()
    {
        Total = 0;
        _used = 0;
        Array.Clear(_kinds);
    }
}
