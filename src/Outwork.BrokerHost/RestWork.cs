using Outwork.Platform.Linux.Processes;

namespace Outwork.BrokerHost;

/// <summary>What the broker does when nothing else is to be done: gives memory back that it needed to start or under load.</summary>
internal sealed class RestWork(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);
    private long _last;

    /// <summary>Starts it beside the reactor, at most every ten minutes. Reactor thread only.</summary>
    public void Start()
    {
        if (_last != 0 && time.GetElapsedTime(_last) < Pause) return;
        _last = time.GetTimestamp();
        ThreadPool.QueueUserWorkItem(static _ => NativeHeap.Trim());
    }
}
