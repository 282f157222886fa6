using System.Buffers;
using Outwork.Agent.Events;
using Outwork.Contracts.Events;

namespace Outwork.Agent.Export;

/// <summary>
/// Writes events and decisions as OCSF JSON lines. Owns a thread that writes twice a second, sooner only when much waits. A disk
/// that fails or is full costs records, which are counted, and nothing else.
/// </summary>
internal sealed class FileExport : IEventSink, IDisposable
{
    private const int QueueCapacity = 8192;
    private const int BatchBytes = 256 * 1024;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(500);

    private readonly RotatingFile _file;
    private readonly OcsfEncoder _encoder;
    private readonly bool _events;
    private readonly AgentCounters _counters;
    private readonly ExportQueue _queue;
    private readonly ArrayBufferWriter<byte> _batch = new(BatchBytes + (64 * 1024));
    private readonly AutoResetEvent _filled = new(initialState: false);
    private readonly AutoResetEvent _urgent = new(initialState: false);
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Starts.</summary>
    /// <param name="file">Owned by the export.</param>
    /// <param name="encoder">Makes the records; used by the export's thread only.</param>
    /// <param name="events">False for decisions only.</param>
    /// <param name="counters">Where everything is counted.</param>
    public FileExport(RotatingFile file, OcsfEncoder encoder, bool events, AgentCounters counters)
    {
        _file = file;
        _encoder = encoder;
        _events = events;
        _counters = counters;
        _queue = new ExportQueue(QueueCapacity, AgentCounter.ExportEventsShed, AgentCounter.ExportDecisionsShed, counters);
        _thread = new Thread(Run) { IsBackground = true, Name = "export" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Take(NotifyEvent notification)
    {
        if (_events || notification.Kind is EventKind.Decision or EventKind.Gap or EventKind.Demotion or EventKind.ConfinementRefusal)
            _queue.Add(notification);
    }

    /// <inheritdoc/>
    public void EndBatch()
    {
        if (_queue.Count > 0)
            _filled.Set();
        if (_queue.IsHalfFull)
            _urgent.Set();
    }

    /// <summary>Writes what waits, then ends.</summary>
    public void Dispose()
    {
        _stopping = true;
        _urgent.Set();
        _filled.Set();
        _thread.Join();
        _file.Dispose();
        _filled.Dispose();
        _urgent.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            _filled.WaitOne();
            if (!_stopping)
                _urgent.WaitOne(Gathering);
            Write();
        }

        Write();
    }

    private void Write()
    {
        NotifyEvent[] waiting = _queue.TakeAll(out int count);
        int records = 0;
        for (int i = 0; i < count; i++)
        {
            if (_encoder.Encode(waiting[i], _batch))
                records++;
            if (_batch.WrittenCount < BatchBytes && i + 1 < count)
                continue;
            Append(records);
            records = 0;
        }
    }

    private void Append(int records)
    {
        int rotations = 0;
        try
        {
            _file.Append(_batch.WrittenSpan, out rotations);
            _counters.Add(AgentCounter.ExportRecords, records);
            _counters.Add(AgentCounter.ExportBytes, _batch.WrittenCount);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            _counters.Add(AgentCounter.ExportWriteErrors);
            _counters.Add(AgentCounter.ExportRecordsLost, records);
        }

        _counters.Add(AgentCounter.ExportRotations, rotations);
        _batch.ResetWrittenCount();
    }
}
