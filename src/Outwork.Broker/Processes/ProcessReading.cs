using Outwork.Contracts.Events;

namespace Outwork.Broker.Processes;

/// <summary>
/// One comparison of a <see cref="ProcessTable"/> with the system, in slices. Each difference is published as reconstructed.
/// Between its beginning and its end the table goes on taking events, which count as truer than the reading. The table's thread.
/// </summary>
/// <remarks>
/// Why the table is right afterwards: all events from before the reading were drained before it began, so an event that comes
/// later is about a later time. What was lost before is in the reading; what is lost later makes another reading necessary.
/// </remarks>
public sealed class ProcessReading
{
    private readonly ProcessTable _table;
    private readonly uint _epoch;
    private IReadOnlyList<ProcessInfo>? _found;
    private List<ProcessEntry>? _gone;
    private long _takenUnixNs;
    private int _next;

    internal ProcessReading(ProcessTable table, uint epoch) => (_table, _epoch) = (table, epoch);

    /// <summary>Differences found so far.</summary>
    public int Differences { get; private set; }

    /// <summary>Gives it what the system says.</summary>
    /// <param name="found">Every process found, each with Reconstructed set.</param>
    /// <param name="takenUnixNs">When the reading began, ns since 1970 (UTC).</param>
    public void Complete(IReadOnlyList<ProcessInfo> found, long takenUnixNs) => (_found, _takenUnixNs) = (found, takenUnixNs);

    /// <summary>Compares up to <paramref name="most"/> processes. True when more remain.</summary>
    public bool Step(int most)
    {
        if (_found is null || !_table.IsCurrent(_epoch))
            return false;
        for (; most > 0 && _next < _found.Count; most--)
        {
            if (_table.TakeFound(_found[_next++]))
                Differences++;
        }
        if (_next < _found.Count)
            return true;
        _gone ??= _table.NotFound();
        for (; most > 0 && _gone.Count > 0; most--)
        {
            if (_table.EndUnseen(_gone[^1], _takenUnixNs))
                Differences++;
            _gone.RemoveAt(_gone.Count - 1);
        }
        if (_gone.Count > 0)
            return true;
        _table.EndReading();
        return false;
    }

    /// <summary>Gives the comparison up: the system could not be read.</summary>
    public void Abandon()
    {
        if (_table.IsCurrent(_epoch))
            _table.EndReading();
    }
}
