using Outwork.Contracts.Events;

namespace Outwork.Agent.Export;

/// <summary>
/// Events that wait to be exported: bounded. When it is full the oldest process events go first, then the oldest decisions; both
/// are counted. One adding and one taking thread.
/// </summary>
/// <param name="capacity">Events at most.</param>
/// <param name="eventsShed">Counts process events dropped.</param>
/// <param name="decisionsShed">Counts decisions dropped.</param>
/// <param name="counters">Where.</param>
internal sealed class ExportQueue(int capacity, AgentCounter eventsShed, AgentCounter decisionsShed, AgentCounters counters)
{
    private readonly Lock _gate = new();
    private NotifyEvent[] _waiting = new NotifyEvent[capacity];
    private NotifyEvent[] _spare = new NotifyEvent[capacity];
    private int _count;

    /// <summary>Events that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>True when it is time to take, whatever the clock says.</summary>
    public bool IsHalfFull => Count >= capacity / 2;

    /// <summary>Adds an event.</summary>
    public void Add(NotifyEvent notification)
    {
        lock (_gate)
        {
            if (_count == capacity)
                Shed();
            _waiting[_count++] = notification;
        }
    }

    /// <summary>Takes everything. The array is valid until the next call; only the first <paramref name="count"/> elements count.</summary>
    public NotifyEvent[] TakeAll(out int count)
    {
        lock (_gate)
        {
            // What the last call handed out is let go of, so that it does not keep its events alive.
            Array.Clear(_spare);
            NotifyEvent[] taken = _waiting;
            count = _count;
            _waiting = _spare;
            _spare = taken;
            _count = 0;
            return taken;
        }
    }

    /// <summary>Makes room for a quarter at once: a full queue is compacted once in a while, not for each event.</summary>
    private void Shed()
    {
        int kept = 0;
        int room = Math.Max(1, capacity / 4);
        int shed = 0;
        for (int i = 0; i < _count; i++)
        {
            if (shed < room && _waiting[i].Kind is not (EventKind.Decision or EventKind.Gap or EventKind.Demotion))
                shed++;
            else
                _waiting[kept++] = _waiting[i];
        }

        counters.Add(eventsShed, shed);
        if (shed == 0)
        {
            Array.Copy(_waiting, room, _waiting, 0, _count - room);
            kept = _count - room;
            counters.Add(decisionsShed, room);
        }

        _count = kept;
    }
}
