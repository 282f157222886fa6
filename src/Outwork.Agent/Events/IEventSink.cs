using Outwork.Contracts.Events;

namespace Outwork.Agent.Events;

/// <summary>Takes events from the pump. Called on the pump's thread only: must neither block nor throw.</summary>
internal interface IEventSink
{
    /// <summary>Takes one event.</summary>
    void Take(NotifyEvent notification);

    /// <summary>Nothing follows for some milliseconds: the time to wake whoever waits, once for the batch.</summary>
    void EndBatch();
}
