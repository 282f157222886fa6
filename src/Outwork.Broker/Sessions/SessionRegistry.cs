using Outwork.Contracts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Wire;

namespace Outwork.Broker.Sessions;

/// <summary>The connected products, by name. Reactor thread only.</summary>
public sealed class SessionRegistry(TimeProvider time)
{
    private readonly List<ProductSession> _sessions = [];
    private readonly byte[] _frame = new byte[FrameLimits.MaxEventFrame];

    /// <summary>All sessions.</summary>
    public IReadOnlyList<ProductSession> All => _sessions;

    /// <summary>Adds a session.</summary>
    public void Add(ProductSession session) => _sessions.Add(session);

    /// <summary>Takes a session out; the caller then tells the engine.</summary>
    public void Remove(ProductSession session) => _sessions.Remove(session);

    /// <summary>The subscribed session of this name that judges this kind, or null.</summary>
    public ProductSession? Find(string name, EventKind kind)
    {
        foreach (var session in _sessions)
        {
            if (session.IsSubscribed && session.Name == name && session.Judges(kind)) return session;
        }
        return null;
    }

    /// <summary>True when anyone wants to be told of this kind.</summary>
    public bool AnyObserves(EventKind kind)
    {
        foreach (var session in _sessions)
        {
            if (session.Observes(kind)) return true;
        }
        return false;
    }

    /// <summary>Tells everyone who wants to know; the event is encoded once.</summary>
    public void Notify(NotifyEvent notification)
    {
        int length = 0;
        foreach (var session in _sessions)
        {
            if (!session.Observes(notification.Kind)) continue;
            if (length == 0) length = NotifyCodec.Encode(_frame, notification, MonotonicClock.Nanoseconds(time));
            session.Deliver(_frame.AsSpan(0, length));
        }
    }

    /// <summary>Tells one session, whatever it subscribed to.</summary>
    public void Notify(ProductSession session, NotifyEvent notification)
    {
        int length = NotifyCodec.Encode(_frame, notification, MonotonicClock.Nanoseconds(time));
        session.Deliver(_frame.AsSpan(0, length));
    }

    /// <summary>Counts events that never came to be, for everyone who wanted them.</summary>
    public void CountLost(EventKind kind, ulong events)
    {
        foreach (var session in _sessions)
        {
            if (session.Observes(kind)) session.CountLostForAll(events);
        }
    }

    /// <summary>Tells gaps that nothing followed. Called now and then.</summary>
    public void TellGaps()
    {
        foreach (var session in _sessions)
        {
            session.Transport.TellGap();
            session.NeedsWake = true;
        }
    }

    /// <summary>Wakes those to whom something was sent.</summary>
    public void WakeAll()
    {
        foreach (var session in _sessions)
        {
            if (!session.NeedsWake) continue;
            session.NeedsWake = false;
            session.Transport.Wake();
        }
    }
}
