namespace Outwork.Soak.Judging;

/// <summary>
/// What the broker counts as lost to a subscriber against what that subscriber was told in gaps. They are compared as differences since a
/// moment at which the count stood still, and only when it stands still again, because a gap is told some time after the loss. A new
/// session begins a new account. One thread.
/// </summary>
internal sealed class LossLedger(ViolationLog violations)
{
    /// <summary>Looks at which the count must not have changed before it is compared.</summary>
    public const int StillLooks = 8;

    private (int Broker, int Agent) session;
    private ulong countedAtBase, toldAtBase, lastCounted, lastTold;
    private bool hasBase;
    private int still;

    /// <summary>Events that were told as lost, in all sessions that were compared.</summary>
    public ulong Told { get; private set; }

    /// <summary>Comparisons in which something had been lost since the one before.</summary>
    public int Compared { get; private set; }

    /// <summary>The watcher itself missed something, a gap perhaps: a new account begins.</summary>
    public void Forget() => hasBase = false;

    /// <summary>Takes one look.</summary>
    /// <param name="broker">The broker's process; a session ends with it.</param>
    /// <param name="agent">The subscriber's.</param>
    /// <param name="counted">The broker's count of what this session lost.</param>
    /// <param name="told">The sum of all gaps told since the watcher began.</param>
    /// <param name="now">When.</param>
    public void Look(int broker, int agent, ulong counted, ulong told, long now)
    {
        if (session != (broker, agent))
        {
            session = (broker, agent);
            hasBase = false;
            still = 0;
        }

        still = counted == lastCounted && told == lastTold ? still + 1 : 0;
        (lastCounted, lastTold) = (counted, told);
        if (still < StillLooks)
            return;
        if (hasBase)
        {
            ulong lost = counted - countedAtBase, said = told - toldAtBase;
            if (lost != said)
                violations.Add(Invariant.LossIsTold, now, $"the broker counts {lost} events as lost to the agent, which was told of {said}");
            if (lost != 0 || said != 0)
                Compared++;
            Told += said;
        }
        (hasBase, countedAtBase, toldAtBase) = (true, counted, told);
    }
}
