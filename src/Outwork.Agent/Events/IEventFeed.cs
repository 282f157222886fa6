using Outwork.Contracts.Events;

namespace Outwork.Agent.Events;

/// <summary>The broker's stream of events. One reading thread; <see cref="Close"/> from any.</summary>
internal interface IEventFeed : IDisposable
{
    /// <summary>Takes the next event, without waiting. False when there is none now.</summary>
    bool TryTake(out NotifyEvent? notification);

    /// <summary>Waits until there may be an event. False when the stream is over.</summary>
    bool Wait();

    /// <summary>Ends the stream and the waiting.</summary>
    void Close();
}
