using Outwork.Broker.Processes;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Platform.Linux.Supervision;

namespace Outwork.BrokerHost.Reactor;

/// <summary>
/// A thread beside the reactor that keeps the promise of R1 when the reactor cannot: it answers what is overdue, and when the
/// reactor has not turned for a while although events wait, it reads them itself. Then Outwork's own processes pass, which
/// ends a deadlock in which the reactor waits for a file that only it could let itself open, and others get what the policy
/// says of files that cannot be read. It opens nothing, and all it calls was compiled before the guard began. While nothing
/// waits it looks less often.
/// </summary>
internal sealed class DeadlineGuard(
    ProductPoll poll, IAuthEventReader events, IProcessOwnership own, ProgressPage progress, VerdictCounters counters, Func<OnFailure> onStall, ReactorFaults faults) : IDisposable
{
    /// <summary>Time between two looks; also the accuracy of deadlines.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    private const int LooksToRest = 50;
    private static readonly TimeSpan RestPeriod = TimeSpan.FromMilliseconds(250), StallLimit = TimeSpan.FromMilliseconds(500), StopPatience = TimeSpan.FromSeconds(1);
    private readonly AutoResetEvent _wake = new(initialState: false);
    private Thread? _thread;
    private bool _rests, _stop;

    /// <summary>The reactor turned once more.</summary>
    public void ReactorTurned() => progress.Advance();

    /// <summary>Something waits: deadlines run. Costs nothing unless the guard rests.</summary>
    public void Rouse()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _rests)) _wake.Set();
    }

    /// <summary>Starts the thread.</summary>
    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "deadline-guard" };
        _thread.Start();
    }

    /// <summary>
    /// Ends it, and returns when it has ended. Not waited for longer than a second: who ends the guard lets the system's events
    /// go afterwards, and that must happen.
    /// </summary>
    public void Dispose()
    {
        Volatile.Write(ref _stop, true);
        _wake.Set();
        _thread?.Join(StopPatience);
    }

    private void Run()
    {
        Span<AuthEvent> batch = new AuthEvent[64];
        ulong lastTurn = 0;
        int idleLooks = 0;
        var still = TimeSpan.Zero;
        while (true)
        {
            var period = Sleep(idleLooks >= LooksToRest);
            if (Volatile.Read(ref _stop)) return;
            try
            {
                bool isRoused = period == TimeSpan.Zero, isWaiting = poll.Pending.Count != 0;
                idleLooks = isRoused || isWaiting ? 0 : idleLooks + 1;
                if (isWaiting) poll.ExpireOverdue(Period);
                ulong turn = progress.Turns;
                still = turn == lastTurn ? still + period : TimeSpan.Zero;
                lastTurn = turn;
                if (still >= StallLimit) Rescue(batch);
            }
            catch (Exception fault) when (faults.Survives(fault))
            {
                // The next look may succeed, and nobody else would look.
            }
        }
    }

    // Returns how long it slept at most.
    private TimeSpan Sleep(bool mayRest)
    {
        if (!mayRest)
        {
            _wake.WaitOne(Period);
            return Period;
        }
        Volatile.Write(ref _rests, true);
        Interlocked.MemoryBarrier();
        // Asked between the last look and now: nobody would wake us.
        var period = poll.Pending.Count == 0 ? RestPeriod : Period;
        bool isRoused = _wake.WaitOne(period);
        Volatile.Write(ref _rests, false);
        return isRoused ? TimeSpan.Zero : period;
    }

    private void Rescue(Span<AuthEvent> batch)
    {
        int count = events.ReadBeside(batch);
        if (count == 0) return;
        var others = onStall() == OnFailure.Closed ? Verdict.Deny : Verdict.Allow;
        foreach (ref readonly var e in batch[..count])
        {
            bool isOwn = own.IsOwn(e.Pid);
            var verdict = isOwn ? Verdict.Allow : others;
            events.Answer(e.Handle, verdict);
            counters.Count(isOwn ? VerdictSource.Own : VerdictSource.Failure, verdict);
            if (!isOwn) counters.Count(VerdictFailure.ReactorStalled);
        }
    }
}

/// <summary>The event source as the deadline guard uses it, from its own thread.</summary>
internal interface IAuthEventReader
{
    /// <summary>Reads what waits, without waiting and without the reactor's buffers.</summary>
    int ReadBeside(Span<AuthEvent> events);

    /// <summary>Answers and releases.</summary>
    void Answer(int handle, Verdict verdict);
}

/// <summary>Tells Outwork's own processes, from any thread.</summary>
internal interface IProcessOwnership
{
    /// <summary>True when the pid is one of Outwork's own running processes.</summary>
    bool IsOwn(int pid);
}
