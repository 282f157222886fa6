using Outwork.Contracts.Events;

namespace Outwork.Agent.Events;

/// <summary>Lets others than the pump tell of events: the sinks are written for one thread at a time.</summary>
internal sealed class SharedSinks(IReadOnlyList<IEventSink> sinks) : IEventSink
{
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public void Take(NotifyEvent notification)
    {
        lock (_gate)
        {
            foreach (IEventSink sink in sinks)
                sink.Take(notification);
        }
    }

    /// <inheritdoc/>
    public void EndBatch()
    {
        lock (_gate)
        {
            foreach (IEventSink sink in sinks)
                sink.EndBatch();
        }
    }
}
