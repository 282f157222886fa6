using System.Buffers;
using Outwork.Agent.Events;
using Outwork.Contracts.Events;

namespace Outwork.Agent.Export;

/// <summary>
/// Writes events and decisions as OCSF JSON lines, what happens to processes into a file of its own: anybody can start so many that their
/// records push all others out. Owns a thread that writes twice a second, sooner only when much waits. A disk
/// that fails or is full costs records, which are counted, and nothing else.
/// </summary>
internal sealed class FileExport : IEventSink, IDisposable
{
    private const int QueueCapacity = 8192;
    private const int BatchBytes = 256 * 1024;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(500);

    private readonly Output _record, _processes;
    private readonly OcsfEncoder _encoder;
    private readonly bool _events;
    private readonly AgentCounters _counters;
    private readonly ExportQueue _queue;
    private readonly AutoResetEvent _filled = new(initialState: false);
    private readonly AutoResetEvent _urgent = new(initialState: false);
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Starts.</summary>
    /// <param name="record">Gets everything but process events. Owned by the export.</param>
    /// <param name="processes">Gets forks, executions and exits. Owned by the export.</param>
    /// <param name="encoder">Makes the records; used by the export's thread only.</param>
    /// <param name="events">False for decisions only.</param>
    /// <param name="counters">Where everything is counted.</param>
    public FileExport(RotatingFile record, RotatingFile processes, OcsfEncoder encoder, bool events, AgentCounters counters)
    {
        (_record, _processes) = (new Output(record), new Output(processes));
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
        _record.File.Dispose();
        _processes.File.Dispose();
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
        foreach (NotifyEvent notification in waiting.AsSpan(0, count))
        {
            Output output = notification.Kind is EventKind.Fork or EventKind.Exec or EventKind.Exit ? _processes : _record;
            if (_encoder.Encode(notification, output.Batch))
                output.Records++;
            if (output.Batch.WrittenCount >= BatchBytes)
                Append(output);
        }

        Append(_record);
        Append(_processes);
    }

    private void Append(Output output)
    {
        if (output.Batch.WrittenCount == 0)
            return;
        int rotations = 0;
        try
        {
            output.File.Append(output.Batch.WrittenSpan, out rotations);
            _counters.Add(AgentCounter.ExportRecords, output.Records);
            _counters.Add(AgentCounter.ExportBytes, output.Batch.WrittenCount);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            _counters.Add(AgentCounter.ExportWriteErrors);
            _counters.Add(AgentCounter.ExportRecordsLost, output.Records);
        }

        _counters.Add(AgentCounter.ExportRotations, rotations);
        output.Records = 0;
        output.Batch.ResetWrittenCount();
    }

    private sealed class Output(RotatingFile file)
    {
        public RotatingFile File => file;

        public ArrayBufferWriter<byte> Batch { get; } = new(BatchBytes + (64 * 1024));

        public int Records { get; set; }
    }
}
