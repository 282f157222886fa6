using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Sessions;

/// <summary>
/// What a subscriber whose ring fills up is not told, the least valuable first (R6). A quarter of the ring of a product that
/// judges is kept for questions, so that no notification ever takes the room of one.
/// </summary>
internal static class NotifyShedding
{
    /// <summary>How full the ring of a session that judges may get by notifications, in percent.</summary>
    public const int ShareBesideQuestions = 75;

    /// <summary>The same for a session that only observes; the rest is for gaps and the end of the session.</summary>
    public const int ShareOfObserver = 94;

    /// <summary>The fill from which on an event is shed, in percent of the share of notifications.</summary>
    public static int LimitOf(NotifyEvent e, bool isNoisy) => e.Kind switch
    {
        EventKind.Fork or EventKind.Exit or EventKind.Exec when isNoisy && !e.Reconstructed => 50,
        EventKind.Decision when isNoisy && e.Decision is { Verdict: Verdict.Allow } => 50,
        EventKind.Fork or EventKind.Exit => 67,
        EventKind.Exec => 83,
        _ => 100,
    };

    /// <summary>
    /// The process that an event is put down to; 0 for none. Whoever starts processes by the thousand causes the noise, not each of
    /// those.
    /// </summary>
    public static int CauseOf(NotifyEvent e) => e switch
    {
        { Process: { } process } => Cause(process.ParentPid, process.Pid),
        { Decision: { Kind: EventKind.Open } decision } => decision.Pid,
        { Decision: { } decision } => Cause(decision.ParentPid, decision.Pid),
        _ => 0,
    };

    // Orphans belong to the first process, which has caused nothing.
    private static int Cause(int parent, int pid) => parent > 1 ? parent : pid;
}
