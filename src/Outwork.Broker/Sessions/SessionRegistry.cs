using Outwork.Contracts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Wire;

namespace Outwork.Broker.Sessions;

/// <summary>The connected products, by name. Reactor thread only.</summary>
public sealed class SessionRegistry
{
    private readonly List<ProductSession> _sessions = [];
    private readonly byte[] _frame = new byte[FrameLimits.MaxEventFrame];
    private readonly ulong[] _shed = new ulong[LossAccount.KindRows];
    private readonly TimeProvider _time;
    private readonly ProcessRates _rates;

    /// <summary>Makes an empty one.</summary>
    public SessionRegistry(TimeProvider time, ProductStandingOptions? standing = null)
    {
        (_time, _rates) = (time, new ProcessRates(time));
        Standings = new ProductStandings(standing ?? new ProductStandingOptions(), time) { Stepped = Notify };
    }

    /// <summary>Which products are asked.</summary>
    public ProductStandings Standings { get; }

    /// <summary>Events shed because only one process was too noisy, over all sessions.</summary>
    public ulong ShedOfNoisiest { get; private set; }

    /// <summary>All sessions.</summary>
    public IReadOnlyList<ProductSession> All => _sessions;

    /// <summary>Adds a session.</summary>
    public void Add(ProductSession session)
    {
        session.Standing = Standings.Of(session.Name);
        session.Standing.BeginSession();
        _sessions.Add(session);
    }

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

    /// <summary>
    /// Tells everyone who wants to know and whose ring is not too full for an event of this value; the event is encoded once. What
    /// is shed is counted, and told by kind and process in the next gap.
    /// </summary>
    public void Notify(NotifyEvent notification)
    {
        int length = 0, cause = NotifyShedding.CauseOf(notification);
        int limit = NotifyShedding.LimitOf(notification, isNoisy: false), lowest = NotifyShedding.LimitOf(notification, isNoisy: true);
        bool? isNoisy = null;
        if (!notification.Reconstructed) _rates.Count(cause);
        foreach (var session in _sessions)
        {
            if (!session.Observes(notification.Kind)) continue;
            bool isNoise = !session.HasRoom(lowest) && (isNoisy ??= _rates.IsNoisy(cause));
            if (isNoise || !session.HasRoom(limit))
            {
                Shed(session, notification.Kind, cause, isNoise);
                continue;
            }
            if (length == 0) length = NotifyCodec.Encode(_frame, notification, MonotonicClock.Nanoseconds(_time));
            session.Deliver(_frame.AsSpan(0, length), cause);
        }
    }

    /// <summary>Events of a kind that were shed, over all sessions.</summary>
    public ulong ShedOf(EventKind kind) => _shed[(int)kind];

    /// <summary>Tells one session, whatever it subscribed to.</summary>
    public void Notify(ProductSession session, NotifyEvent notification)
    {
        int length = NotifyCodec.Encode(_frame, notification, MonotonicClock.Nanoseconds(_time));
        session.Deliver(_frame.AsSpan(0, length), pid: 0);
    }

    /// <summary>Counts events that never came to be, for everyone who wanted them.</summary>
    public void CountLost(EventKind kind, ulong events)
    {
        foreach (var session in _sessions)
        {
            if (session.Observes(kind)) session.CountLostForAll(kind, events);
        }
    }

    /// <summary>Tells gaps that nothing followed. Called now and then.</summary>
    public void TellGaps()
    {
        foreach (var session in _sessions)
        {
            // The room of questions is not for gaps either.
            if (!session.HasRoom(100)) continue;
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

    private void Shed(ProductSession session, EventKind kind, int cause, bool isNoise)
    {
        session.Transport.CountLost(kind, cause, 1);
        _shed[(int)kind < _shed.Length ? (int)kind : 0]++;
        if (isNoise) ShedOfNoisiest++;
    }
}
