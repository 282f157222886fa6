namespace Outwork.Broker.Verdicts;

/// <summary>
/// A fixed number of slots for events that wait. A request id is a sequence number above the slot's index, so that a late
/// reply finds another request in the slot and is recognised. No user can take all slots, nor can all together, but the superuser
/// (<see cref="UserShares"/>). Taking and freeing belong to the reactor.
/// </summary>
public sealed class PendingTable
{
    private const int IndexBits = 13;
    private readonly UserShares _shares;
    private readonly PendingVerdict[] _slots;
    private readonly Stack<PendingVerdict> _free;
    private ulong _sequence;

    /// <summary>Makes a table of <paramref name="capacity"/> slots, at most 8,192.</summary>
    public PendingTable(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << IndexBits);
        _shares = new UserShares(capacity);
        _slots = new PendingVerdict[capacity];
        _free = new Stack<PendingVerdict>(capacity);
        for (int i = capacity - 1; i >= 0; i--) _free.Push(_slots[i] = new PendingVerdict { Index = i });
    }

    /// <summary>Slots in use.</summary>
    public int Count => _slots.Length - _free.Count;

    /// <summary>All slots; most are free.</summary>
    public ReadOnlySpan<PendingVerdict> Slots => _slots;

    /// <summary>A free slot and the id for its next request, or null when all are taken, or too many by this user.</summary>
    internal PendingVerdict? TryReserve(uint user, out ulong requestId)
    {
        requestId = 0;
        // Nobody can have too many while fewer are taken, so the slots are counted only under load.
        if (user != 0 && Count >= _shares.MostOfOne && !MayTake(user)) return null;
        if (!_free.TryPop(out var slot)) return null;
        slot.User = user;
        requestId = (++_sequence << IndexBits) | (uint)slot.Index;
        return slot;
    }

    /// <summary>An id for a question that no slot waits for: a reply to it that comes too late is known as such.</summary>
    internal ulong IssueId() => ++_sequence << IndexBits;

    /// <summary>The slot that a request id names, whatever occupies it now; null when no such slot exists.</summary>
    internal PendingVerdict? SlotOf(ulong requestId)
    {
        int index = (int)(requestId & ((1 << IndexBits) - 1));
        return index < _slots.Length ? _slots[index] : null;
    }

    /// <summary>True when the table has ever given this id out.</summary>
    internal bool WasIssued(ulong requestId) => requestId >> IndexBits is var s && s != 0 && s <= _sequence;

    private bool MayTake(uint user)
    {
        int ofUser = 0, ofUsers = 0;
        foreach (var slot in _slots)
        {
            if (slot.User == user) ofUser++;
            if (slot.User != 0) ofUsers++;
        }
        return _shares.Allow(user, ofUser, ofUsers);
    }

    internal void Release(PendingVerdict slot)
    {
        slot.Clear();
        _free.Push(slot);
    }
}
