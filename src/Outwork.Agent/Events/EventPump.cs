using Outwork.Contracts.Events;

namespace Outwork.Agent.Events;

/// <summary>
/// Moves events from the broker to the sinks, in batches: after the first event it waits a moment for others, so that a busy
/// machine costs some ten wake-ups a second, not one for each event. Owns its thread.
/// </summary>
internal sealed class EventPump : IDisposable
{
    // The agent's ring holds some 20,000 events: at 100,000 a second, more than two processors can make, that is 200 ms.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);
    private const int BusyBatch = 1024;

    private readonly IEventFeed _feed;
    private readonly IReadOnlyList<IEventSink> _sinks;
    private readonly AgentCounters _counters;
    private readonly ManualResetEvent _stopping = new(initialState: false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;

    /// <summary>Makes a pump; <see cref="Start"/> starts it.</summary>
    /// <param name="feed">Owned by the pump from here on.</param>
    /// <param name="sinks">Each gets every event, in order.</param>
    /// <param name="counters">Where events are counted.</param>
    public EventPump(IEventFeed feed, IReadOnlyList<IEventSink> sinks, AgentCounters counters)
    {
        _feed = feed;
        _sinks = sinks;
        _counters = counters;
        _thread = new Thread(Run) { IsBackground = true, Name = "events" };
    }

    /// <summary>Completes when the broker has ended the stream.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Starts.</summary>
    public void Start() => _thread.Start();

    /// <summary>Takes what is there, then stops. Returns when the sinks have it.</summary>
    public void Stop()
    {
        _stopping.Set();
        if (!_thread.IsAlive)
            return;
        do
        {
            // The thread may be about to wait when it is woken: hence again.
            _feed.Close();
        }
        while (!_thread.Join(TimeSpan.FromMilliseconds(20)));
    }

    /// <summary>Stops and gives everything back.</summary>
    public void Dispose()
    {
        Stop();
        _feed.Dispose();
        _stopping.Dispose();
    }

    private void Run()
    {
        try
        {
            while (_feed.Wait())
            {
                _stopping.WaitOne(Gathering);
                while (TakeBatch() >= BusyBatch)
                {
                    // As long as batches are full, the broker is faster than the pause.
                }
            }

            _ended.TrySetResult();
        }
#pragma warning disable CA1031 // Handed on to whoever awaits Ended, which ends the process.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _ended.TrySetException(fault);
        }
    }

    private int TakeBatch()
    {
        int taken = 0;
        while (taken < 16 * BusyBatch && _feed.TryTake(out NotifyEvent? notification))
        {
            taken++;
            foreach (IEventSink sink in _sinks)
                sink.Take(notification!);
        }

        if (taken == 0)
            return 0;
        _counters.Add(AgentCounter.Events, taken);
        foreach (IEventSink sink in _sinks)
            sink.EndBatch();
        return taken;
    }
}
