using System.Collections.Concurrent;
using Outwork.Platform.Linux.Reactor;

namespace Outwork.BrokerHost.Reactor;

/// <summary>What other threads want done on the reactor, in order. Any thread.</summary>
internal sealed class ReactorInbox(WakeEvent wake)
{
    private readonly ConcurrentQueue<Action> _work = new();

    /// <summary>Has something done on the reactor soon. It must not wait for anything.</summary>
    public void Post(Action work)
    {
        _work.Enqueue(work);
        wake.Set();
    }

    /// <summary>Has something computed on the reactor and waits for it here, at most for the time given; default when it took longer.</summary>
    public T? Ask<T>(Func<T> question, TimeSpan patience)
    {
        T? answer = default;
        using var done = new ManualResetEventSlim();
        Post(() =>
        {
            answer = question();
            done.Set();
        });
        return done.Wait(patience) ? answer : default;
    }

    /// <summary>Does what waits. Reactor only.</summary>
    public void Drain()
    {
        wake.Clear();
        while (_work.TryDequeue(out var work)) work();
    }
}
