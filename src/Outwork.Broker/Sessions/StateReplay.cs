using Outwork.Broker.Processes;
using Outwork.Contracts.Events;

namespace Outwork.Broker.Sessions;

/// <summary>
/// Tells sessions that came late, or lost events on their way, which processes run: one reconstructed event for each, and
/// <see cref="EventKind.StateComplete"/> at the end. In slices, and only while a session has room, so that nobody waits for it and
/// nothing is lost by it. Reactor thread only.
/// </summary>
public sealed class StateReplay(SessionRegistry sessions, ProcessTable processes, TimeProvider time)
{
    private static readonly TimeSpan LossPause = TimeSpan.FromSeconds(10);
    private readonly Dictionary<ProductSession, Progress> _progress = [];

    /// <summary>Replays brought to their end.</summary>
    public ulong Completed { get; private set; }

    /// <summary>Events sent by replays.</summary>
    public ulong Sent { get; private set; }

    /// <summary>
    /// Looks who lost events on the way: when a look finds no new loss, or they go on for long, the session is told again what
    /// runs. Called once a second.
    /// </summary>
    public void LookForLosses()
    {
        foreach (var session in sessions.All)
        {
            if (!session.ObservesProcesses) continue;
            var progress = ProgressOf(session);
            ulong lost = session.LostInDelivery;
            bool isStill = lost == progress.LostSeen;
            progress.LostSeen = lost;
            if (lost == progress.LostRepaired || (!isStill && time.GetElapsedTime(progress.StartedAt) < LossPause)) continue;
            progress.LostRepaired = lost;
            session.NeedsState = true;
        }
    }

    /// <summary>The session has ended.</summary>
    public void Forget(ProductSession session) => _progress.Remove(session);

    /// <summary>Sends up to <paramref name="most"/> events to each session that needs some. True when more could be sent now.</summary>
    public bool Step(int most)
    {
        bool more = false;
        foreach (var session in sessions.All)
        {
            if (session.NeedsState)
            {
                session.NeedsState = false;
                var begun = ProgressOf(session);
                (begun.Waiting, begun.Next, begun.Told, begun.StartedAt) = (processes.AliveIds(), 0, 0, time.GetTimestamp());
            }
            if (_progress.TryGetValue(session, out var progress) && progress.Waiting is { } waiting) more |= Send(session, progress, waiting, most);
        }
        return more;
    }

    private bool Send(ProductSession session, Progress progress, ProcessId[] waiting, int most)
    {
        for (; most > 0 && progress.Next < waiting.Length; most--)
        {
            if (!session.Transport.HasAmpleRoom) return false;
            // What began or ended since was told as it happened.
            if (!processes.TryGetAlive(waiting[progress.Next++], out var process) || !Tells(session)) continue;
            sessions.Notify(session, new NotifyEvent
            {
                Kind = session.Observes(EventKind.Exec) ? EventKind.Exec : EventKind.Fork,
                Via = session.Observes(EventKind.Exec) ? ExecVia.Direct : ExecVia.None,
                TimeUnixNs = process.StartedUnixNs,
                Process = process,
                Reconstructed = true,
            });
            progress.Told++;
            Sent++;
        }
        if (progress.Next < waiting.Length) return true;
        if (!session.Transport.HasAmpleRoom) return false;
        progress.Waiting = null;
        Completed++;
        TellComplete(session, $"{progress.Told} processes run");
        return false;
    }

    /// <summary>Says to everyone who is told of processes that a repair is complete.</summary>
    public void TellComplete(string detail)
    {
        foreach (var session in sessions.All)
        {
            if (session.ObservesProcesses) TellComplete(session, detail);
        }
    }

    private void TellComplete(ProductSession session, string detail) => sessions.Notify(session, new NotifyEvent
    {
        Kind = EventKind.StateComplete,
        TimeUnixNs = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100,
        Detail = detail,
        Reconstructed = true,
    });

    private static bool Tells(ProductSession session) => session.Observes(EventKind.Exec) || session.Observes(EventKind.Fork);

    private Progress ProgressOf(ProductSession session)
    {
        if (!_progress.TryGetValue(session, out var progress)) _progress.Add(session, progress = new Progress());
        return progress;
    }

    private sealed class Progress
    {
        public ProcessId[]? Waiting { get; set; }

        public int Next { get; set; }

        public int Told { get; set; }

        public long StartedAt { get; set; }

        public ulong LostSeen { get; set; }

        public ulong LostRepaired { get; set; }
    }
}
