using Outwork.Broker.Verdicts;
using Outwork.BrokerHost.Sessions;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;
using Outwork.Platform.Linux.Fanotify;
using Outwork.Platform.Linux.Reactor;
using Outwork.Platform.Linux.Sessions;

namespace Outwork.BrokerHost.Reactor;

/// <summary>
/// The one thread that judges. It waits on everything at once; AUTH events and replies come first, telemetry and bookkeeping
/// when nothing waits, or every 50 ms at the latest; less often on a machine at rest. It opens nothing and waits for nobody:
/// what could wait is done by other threads that post to the inbox.
/// </summary>
internal sealed class BrokerReactor : IDisposable
{
    private const ulong AuthToken = 1, InboxToken = 2, TelemetryToken = 3, WardenToken = 4, MountsToken = 5, FirstSession = 16;
    private const int TickMs = 50, RestTickMs = 250, TicksToRest = 20, TicksToLongRest = 52, TelemetrySlice = 16, DecisionSlice = 8, RepairSlice = 8, SlicesPerTick = 256;

    // One kind of bookkeeping at a time, so that a tick takes some 50 ms at most.
    private static readonly TimeSpan SlicesPatience = TimeSpan.FromMilliseconds(20);
    private readonly Epoll _epoll = new();
    private readonly FanotifyAuthSource _source;
    private readonly BrokerCore _core;
    private readonly DeadlineGuard _guard;
    private readonly TimeProvider _time;
    private readonly List<(ulong Token, ProductConnection Connection)> _sessions = [];
    private readonly AuthEvent[] _batch = new AuthEvent[64];
    private readonly Action[] _tickWork, _secondWork;
    private readonly Func<bool> _drainSlice, _repairSlice, _replaySlice, _decisionSlice;
    private ulong _nextSession = FirstSession;
    private long _lastEvents, _lastSecond, _telemetryEvents;
    private int _quietTicks;
    private bool _stop, _isLeftOver;

    /// <summary>Composes it; <see cref="Run"/> starts it.</summary>
    public BrokerReactor(BrokerCore core, FanotifyAuthSource source, DeadlineGuard guard, ReactorInbox inbox, WakeEvent wake, TimeProvider time)
    {
        (_core, _source, _guard, Inbox, _time) = (core, source, guard, inbox, time);
        (_drainSlice, _repairSlice) = (DrainSlice, () => core.Repair?.Step(RepairSlice) == true);
        (_replaySlice, _decisionSlice) = (() => core.Replay.Step(RepairSlice), () => core.Engine.Journal.TellSubscribers(DecisionSlice));
        _tickWork = [() => DrainTelemetry(), RepairGaps, core.Engine.Poll.Sweep, TellDecisions, () => Ticked?.Invoke(), core.Sessions.WakeAll];
        _secondWork = [core.TellTelemetryLoss, core.Processes.Expire, core.Sessions.TellGaps];
        _epoll.Add(source.Descriptor, PollFor.Read, AuthToken);
        _epoll.Add(wake.Descriptor, PollFor.Read, InboxToken);
    }

    /// <summary>Work from other threads.</summary>
    public ReactorInbox Inbox { get; }

    /// <summary>Called when the warden's link has something to say.</summary>
    public Action? WardenReady { get; set; }

    /// <summary>Called with each tick.</summary>
    public Action? Ticked { get; set; }

    /// <summary>Called when some ten seconds have passed in which nothing happened.</summary>
    public Action? Resting { get; set; }

    /// <summary>Called with the process of each session that is over.</summary>
    public Action<int>? SessionEnded { get; set; }

    /// <summary>Called when the mount table changed.</summary>
    public Action? MountsChanged { get; set; }

    /// <summary>Watches the warden's link.</summary>
    public void WatchWarden(int descriptor) => _epoll.Add(descriptor, PollFor.Read, WardenToken);

    /// <summary>Watches the mount table.</summary>
    public void WatchMounts(int descriptor) => _epoll.Add(descriptor, PollFor.Priority | PollFor.Edge, MountsToken);

    /// <summary>Watches the process telemetry's own wake-up.</summary>
    public void WatchTelemetry(int descriptor) => _epoll.Add(descriptor, PollFor.Read | PollFor.Edge, TelemetryToken);

    /// <summary>Connects a session. Reactor thread only.</summary>
    public void Connect(string name, int pid, BrokerSessionEndpoint endpoint)
    {
        var connection = _core.Connect(name, pid, endpoint);
        _sessions.Add((_nextSession, connection));
        _epoll.Add((int)endpoint.ReplyWake.DangerousGetHandle(), PollFor.Read | PollFor.Edge, _nextSession);
        _epoll.Add((int)endpoint.Socket.DangerousGetHandle(), PollFor.None, _nextSession + 1);
        _nextSession += 2;
        ReadSession(_nextSession - 2, connection);
    }

    /// <summary>Tells that a product tried what it is refused; on the reactor's thread.</summary>
    public void TellRefusal(string product, int pid, string call, string target, int times) =>
        _core.TellRefusal(product, pid, call, target, times);

    /// <summary>Makes <see cref="Run"/> return after this turn. Reactor thread only.</summary>
    public void Stop() => _stop = true;

    /// <summary>Judges until stopped.</summary>
    public void Run()
    {
        Span<PollResult> ready = new PollResult[32];
        long lastTick = 0;
        while (!_stop)
        {
            int count = Sleep(ready);
            _guard.ReactorTurned();
            bool auth = false;
            foreach (ref readonly var result in ready[..count])
            {
                if (result.Token is AuthToken or TelemetryToken) _quietTicks = 0;
                if (result.Token == AuthToken) auth = true;
                else if (result.Token >= FirstSession) TakeSession(result);
                else TakeOther(result.Token);
            }
            ReadReplies();
            _core.TakeContentChanges();
            if (auth) TakeAuthEvents();
            _core.Sessions.WakeAll();
            if (!_isLeftOver && _time.GetElapsedTime(lastTick).TotalMilliseconds < TickMs) continue;
            lastTick = _time.GetTimestamp();
            Tick();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, connection) in _sessions) connection.Dispose();
        _epoll.Dispose();
    }

    private int Sleep(Span<PollResult> ready)
    {
        if (_core.Engine.Poll.Pending.Count != 0) _guard.Rouse();
        int count = _epoll.Wait(ready, !PrepareToSleep() || _isLeftOver ? 0 : _quietTicks < TicksToRest ? TickMs : RestTickMs);
        foreach (var session in _core.Connections) session.Endpoint.SetSleeping(false);
        return count;
    }

    // Says to every product that a reply needs a wake-up from now on. False when one has replied meanwhile.
    private bool PrepareToSleep()
    {
        bool mayWait = true;
        foreach (var (_, connection) in _sessions)
        {
            connection.Endpoint.SetSleeping(true);
            mayWait &= !connection.Endpoint.HasReplies;
        }
        return mayWait;
    }

    private void TakeAuthEvents()
    {
        int events = _source.Read(_batch);
        foreach (ref readonly var e in _batch.AsSpan(0, events))
        {
            try
            {
                _core.Engine.Handle(e);
            }
            catch (Exception fault) when (_core.Faults.Survives(fault))
            {
                AnswerAfterFault(e);
            }
        }
    }

    // The handle is not released: the engine may have done so or may still do it, and a leaked one harms less than one closed
    // twice. An answer that was given already makes this one void.
    private void AnswerAfterFault(in AuthEvent e)
    {
        var verdict = _core.Engine.Policy.ReadFailure == OnFailure.Closed ? Verdict.Deny : Verdict.Allow;
        if (_source.Respond(e.Handle, verdict)) _core.Engine.Counters.Count(VerdictSource.Failure, verdict);
    }

    // Does one kind of bookkeeping, slice by slice, for as long as it says that more can be done. Who waits for a verdict does not wait for
    // it: between two slices events, replies and what other threads have read for a verdict are looked at. What is left over when the time
    // is up is done after a look at everything else. True when nothing is left.
    private bool DoSlices(Func<bool> slice)
    {
        long start = _time.GetTimestamp();
        for (int i = 0; i < SlicesPerTick; i++)
        {
            if (!slice()) return true;
            LookAtWhoWaits();
            if (_time.GetElapsedTime(start) < SlicesPatience) continue;
            _isLeftOver = true;
            break;
        }
        return false;
    }

    private void LookAtWhoWaits()
    {
        _guard.ReactorTurned();
        if (Inbox.HasWork) Inbox.Drain();
        ReadReplies();
        _core.TakeContentChanges();
        TakeAuthEvents();
        _core.Sessions.WakeAll();
    }

    // True when nothing waits any more.
    private bool DrainTelemetry() => DoSlices(_drainSlice);

    private bool DrainSlice()
    {
        int drained = _core.DrainTelemetry(TelemetrySlice);
        _telemetryEvents += drained;
        return drained == TelemetrySlice;
    }

    private void RepairGaps()
    {
        if (_core.Repair is { } repair)
        {
            if (repair.IsDue)
            {
                repair.Prepare();
                if (DrainTelemetry()) repair.Begin();
            }
            DoSlices(_repairSlice);
        }
        DoSlices(_replaySlice);
    }

    private void TellDecisions() => DoSlices(_decisionSlice);

    private void ReadReplies()
    {
        // Backwards: a session that ends leaves the list.
        for (int i = _sessions.Count - 1; i >= 0; i--)
        {
            if (_sessions[i].Connection.Endpoint.HasReplies) ReadSession(_sessions[i].Token, _sessions[i].Connection);
        }
    }

    private void TakeSession(in PollResult result)
    {
        // The odd token is the socket's, which is watched for its end only.
        ulong token = result.Token & ~1UL;
        foreach (var (known, connection) in _sessions)
        {
            if (known != token) continue;
            ReadSession(token, connection);
            if ((result.Token & 1) != 0) End(token, connection, isByProduct: true);
            return;
        }
    }

    private void ReadSession(ulong token, ProductConnection connection)
    {
        bool isAlive = false;
        try
        {
            isAlive = connection.ReadFrames() && !connection.Endpoint.IsBroken;
        }
        catch (Exception fault) when (_core.Faults.Survives(fault))
        {
            // The session ends.
        }
        if (!isAlive) End(token, connection, isByProduct: false);
    }

    // A product whose session we end would take us for gone and wait for the next broker: it is told, and the warden sees to it that its
    // process ends.
    private void End(ulong token, ProductConnection connection, bool isByProduct)
    {
        if (_sessions.RemoveAll(s => s.Token == token) == 0) return;
        if (!isByProduct) _core.Faults.Contain(() => connection.Endpoint.Close(ClosingReason.ProtocolViolation, "too much had to be refused"));
        SessionEnded?.Invoke(connection.Session.Pid);
        _epoll.Remove((int)connection.Endpoint.ReplyWake.DangerousGetHandle());
        _epoll.Remove((int)connection.Endpoint.Socket.DangerousGetHandle());
        _core.Faults.Contain(() => _core.Disconnect(connection));
    }

    private void TakeOther(ulong token)
    {
        switch (token)
        {
            case InboxToken:
                Inbox.Drain();
                break;
            case TelemetryToken:
                _core.Faults.Contain(_tickWork[0]);
                break;
            case WardenToken:
                if (WardenReady is { } warden) _core.Faults.Contain(warden);
                break;
            case MountsToken:
                if (MountsChanged is { } mounts) _core.Faults.Contain(mounts);
                break;
        }
    }

    private void Tick()
    {
        _isLeftOver = false;
        foreach (var work in _tickWork) _core.Faults.Contain(work);
        CountQuietTicks();
        if (_quietTicks == TicksToLongRest && Resting is { } resting) _core.Faults.Contain(resting);
        if (_time.GetElapsedTime(_lastSecond).TotalSeconds < 1) return;
        _lastSecond = _time.GetTimestamp();
        foreach (var work in _secondWork) _core.Faults.Contain(work);
    }

    // What happens at rest wakes the reactor, or fills an eighth of the telemetry ring and wakes it then.
    private void CountQuietTicks()
    {
        long events = _core.Engine.Counters.Events + _telemetryEvents;
        _quietTicks = events == _lastEvents && _core.Engine.Poll.Pending.Count == 0 ? _quietTicks + 1 : 0;
        _lastEvents = events;
    }
}
