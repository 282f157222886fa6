using Outwork.Agent.Events;
using Outwork.Contracts.Events;

namespace Outwork.Agent.Control;

/// <summary>Hands events to whoever watches. Costs nothing while nobody does. Subscriptions: any thread.</summary>
internal sealed class WatchHub(ControlServerOptions options, AgentCounters counters, TimeProvider time) : IEventSink
{
    private readonly Lock _changing = new();
    private volatile WatchSubscription[] _subscriptions = [];

    /// <summary>Adds a watcher.</summary>
    public WatchSubscription Subscribe(bool all)
    {
        var subscription = new WatchSubscription(all, options, counters, time);
        lock (_changing)
            _subscriptions = [.. _subscriptions, subscription];
        return subscription;
    }

    /// <summary>Takes it out again.</summary>
    public void Unsubscribe(WatchSubscription subscription)
    {
        lock (_changing)
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
    }

    /// <inheritdoc/>
    public void Take(NotifyEvent notification)
    {
        byte[]? line = null;
        foreach (WatchSubscription subscription in _subscriptions)
        {
            if (subscription.Wants(notification))
                subscription.Add(line ??= WatchLine.Encode(notification));
        }
    }

    /// <inheritdoc/>
    public void EndBatch()
    {
        foreach (WatchSubscription subscription in _subscriptions)
            subscription.Wake();
    }
}
