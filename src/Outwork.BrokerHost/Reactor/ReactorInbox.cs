using System.Collections.Concurrent;
using Outwork.Platform.Linux.Reactor;

namespace Outwork.BrokerHost.Reactor;

/// <summary>What other threads want done on the reactor, in order. Any thread.</summary>
internal sealed class ReactorInbox(WakeEvent wake, ReactorFaults faults)
{
    private const int MostPerTurn = 64;
    private readonly ConcurrentQueue<Action> _work = new();

    /// <summary>True when something waits.</summary>
    public bool HasWork => !_work.IsEmpty;

    /// <summary>Has something done on the reactor soon. It must not wait for anything.</summary>
    public void Post(Action work)
    {
        _work.Enqueue(work);
        wake.Set();
    }

    /// <summary>
    /// Has something computed on the reactor and waits for it here, at most for the time given; default when it could not be computed, or
    /// was not begun by then: then it never is. What has begun is waited for.
    /// </summary>
    public T? Ask<T>(Func<T> question, TimeSpan patience)
    {
        var answer = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        int claim = 0;
        bool Claim() => Interlocked.Exchange(ref claim, 1) == 0;
        Post(() =>
        {
            if (!Claim()) return;
            try
            {
                answer.TrySetResult(question());
            }
            finally
            {
                // Without effect after an answer; else nobody needs to wait any longer.
                answer.TrySetResult(default);
            }
        });
        return !answer.Task.Wait(patience) && Claim() ? default : answer.Task.Result;
    }

    /// <summary>Does what waits, at most so much that events get their turn; the rest stays, with the wake-up set. Reactor only.</summary>
    public void Drain()
    {
        wake.Clear();
        for (int done = 0; done < MostPerTurn; done++)
        {
            if (!_work.TryDequeue(out var work)) return;
            faults.Contain(work);
        }
        if (!_work.IsEmpty) wake.Set();
    }
}
