using Outwork.Broker.Processes;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.BrokerHost.Reactor;

/// <summary>
/// A thread beside the reactor that keeps the promise of R1 when the reactor cannot: it answers what is overdue, and when the
/// reactor has not turned for a while although events wait, it reads them itself. Then Outwork's own processes pass, which
/// ends a deadlock in which the reactor waits for a file that only it could let itself open, and others get the stall's
/// on-failure. It opens nothing, and all it calls was compiled before the guard began.
/// </summary>
internal sealed class DeadlineGuard(ProductPoll poll, IAuthEventReader events, IProcessOwnership own, VerdictCounters counters) : IDisposable
{
    /// <summary>Time between two looks; also the accuracy of deadlines.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    private const int StalledPeriods = 25;
    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;
    private long _turns;

    /// <summary>The reactor turned once more.</summary>
    public void ReactorTurned() => Volatile.Write(ref _turns, _turns + 1);

    /// <summary>Starts the thread.</summary>
    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "deadline-guard" };
        _thread.Start();
    }

    /// <summary>Ends it, and returns when it has ended.</summary>
    public void Dispose()
    {
        _stop.Set();
        _thread?.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        Span<AuthEvent> batch = new AuthEvent[64];
        long lastTurn = 0;
        int still = 0;
        while (!_stop.Wait(Period))
        {
            if (poll.Pending.Count != 0) poll.ExpireOverdue(Period);
            long turn = Volatile.Read(ref _turns);
            still = turn == lastTurn ? still + 1 : 0;
            lastTurn = turn;
            if (still >= StalledPeriods) Rescue(batch);
        }
    }

    private void Rescue(Span<AuthEvent> batch)
    {
        int count = events.ReadBeside(batch);
        foreach (ref readonly var e in batch[..count])
        {
            bool isOwn = own.IsOwn(e.Pid);
            events.Answer(e.Handle, Verdict.Allow);
            counters.Count(isOwn ? VerdictSource.Own : VerdictSource.Failure, Verdict.Allow);
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
