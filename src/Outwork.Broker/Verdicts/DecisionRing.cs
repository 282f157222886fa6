using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Verdicts;

/// <summary>The latest decisions, by id. One writer (the reactor); readers get references to immutable records.</summary>
public sealed class DecisionRing(int capacity)
{
    private readonly DecisionRecord?[] _records = new DecisionRecord?[capacity];
    private ulong _lastId;

    /// <summary>How many are kept.</summary>
    public int Capacity => _records.Length;

    /// <summary>Id of the latest decision; 0 before the first.</summary>
    public ulong LastId => Volatile.Read(ref _lastId);

    /// <summary>The id that the next decision gets.</summary>
    public ulong NextId => _lastId + 1;

    /// <summary>Keeps a record whose id is <see cref="NextId"/>.</summary>
    public void Add(DecisionRecord record)
    {
        Volatile.Write(ref _records[record.Id % (ulong)_records.Length], record);
        Volatile.Write(ref _lastId, record.Id);
    }

    /// <summary>Takes over records of an earlier process, in the order of their ids; the next id follows the last.</summary>
    public void Restore(IReadOnlyList<DecisionRecord> records)
    {
        foreach (var record in records)
        {
            if (record.Id > _lastId) Add(record);
        }
    }

    /// <summary>The record of this id; null when it was never made or is no longer kept.</summary>
    public DecisionRecord? Find(ulong id)
    {
        var record = Volatile.Read(ref _records[id % (ulong)_records.Length]);
        return record?.Id == id ? record : null;
    }

    /// <summary>Up to <paramref name="count"/> latest records, oldest first.</summary>
    public DecisionRecord[] Latest(int count)
    {
        ulong last = LastId, wanted = (ulong)Math.Clamp(count, 0, _records.Length);
        ulong first = last >= wanted ? last - wanted + 1 : 1;
        var found = new List<DecisionRecord>((int)wanted);
        for (ulong id = first; id <= last; id++)
        {
            if (Find(id) is { } record) found.Add(record);
        }
        return [.. found];
    }
}
