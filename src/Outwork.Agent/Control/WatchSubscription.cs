using System.Text.Json;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;

namespace Outwork.Agent.Control;

/// <summary>
/// What waits for one watcher: bounded. A watcher that is too slow misses events, and is told how many at the place where they
/// are missing.
/// </summary>
/// <param name="all">All events, not only decisions.</param>
/// <param name="options">How much waits at most.</param>
/// <param name="counters">Where lost events are counted.</param>
/// <param name="time">Clock for gaps.</param>
internal sealed class WatchSubscription(bool all, ControlServerOptions options, AgentCounters counters, TimeProvider time)
{
    private readonly Queue<byte[]> _lines = new();
    private TaskCompletionSource _filled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _bytes;
    private ulong _lost;

    /// <summary>True when the watcher wants this event.</summary>
    public bool Wants(NotifyEvent notification) =>
        all || notification.Kind is EventKind.Decision or EventKind.Gap or EventKind.ContentChange or EventKind.Demotion or EventKind.ConfinementRefusal;

    /// <summary>Adds one line, or counts it as lost. Pump's thread.</summary>
    public void Add(byte[] line)
    {
        lock (_lines)
        {
            // Once something was lost everything is, until the watcher has taken what waits: so there is one gap, in its place.
            if (_lost == 0 && _lines.Count < options.WatchQueueEvents && _bytes + line.Length <= options.WatchQueueBytes)
            {
                _lines.Enqueue(line);
                _bytes += line.Length;
                return;
            }

            _lost++;
        }

        counters.Add(AgentCounter.WatchLost);
    }

    /// <summary>Wakes the watcher if there is something for it.</summary>
    public void Wake()
    {
        lock (_lines)
        {
            if (_lines.Count > 0 || _lost > 0)
                _filled.TrySetResult();
        }
    }

    /// <summary>Waits for lines and takes all of them into one buffer.</summary>
    public async Task TakeAsync(MemoryStream into, CancellationToken cancellation)
    {
        await _filled.Task.WaitAsync(cancellation);
        lock (_lines)
        {
            _filled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            while (_lines.TryDequeue(out byte[]? line))
                into.Write(line);
            _bytes = 0;
            if (_lost == 0)
                return;
            into.Write(WatchLine.Encode(new NotifyEvent
            {
                Kind = EventKind.Gap,
                TimeUnixNs = time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000,
                Lost = _lost,
                Detail = "the watcher was too slow",
            }));
            _lost = 0;
        }
    }
}

/// <summary>One line of a watch.</summary>
internal static class WatchLine
{
    /// <summary>The response and its line end.</summary>
    public static byte[] Encode(NotifyEvent notification)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(
            new ControlResponse { Ok = true, Event = notification }, ControlJsonContext.Default.ControlResponse);
        Array.Resize(ref json, json.Length + 1);
        json[^1] = (byte)'\n';
        return json;
    }
}
