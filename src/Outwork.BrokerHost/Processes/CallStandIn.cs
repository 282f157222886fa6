using Microsoft.Win32.SafeHandles;
using Outwork.BrokerHost.Reactor;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sandbox;

namespace Outwork.BrokerHost.Processes;

/// <summary>
/// Answers the calls of products that wait for the warden, while the warden stands still by a signal: a product that opens a file would
/// wait for it, and miss its deadlines. It looks for that on a thread of its own, and never answers in the place of a warden that runs:
/// what it lets wait, it means to. Nothing is let through by it that the kernel would refuse.
/// </summary>
internal sealed class CallStandIn
{
    // Well below any product's deadline.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PeriodWhileStopped = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly List<(string Product, RefusedCallListener Listener)> _listeners = [];
    private readonly Action<string, RefusedCall> _tell;
    private readonly ReactorFaults _faults;
    private volatile int _warden;

    /// <param name="tell">Told of what a product was refused; called on this thread.</param>
    /// <param name="faults">Contains faults.</param>
    public CallStandIn(Action<string, RefusedCall> tell, ReactorFaults faults)
    {
        (_tell, _faults) = (tell, faults);
        new Thread(Run, 256 * 1024) { IsBackground = true, Name = "stand-in" }.Start();
    }

    /// <summary>The process for which it stands in. Any thread.</summary>
    public void WatchWarden(int processId) => _warden = processId;

    /// <summary>Stands in for this product's calls from now on, until nobody is left who could make any. Any thread.</summary>
    /// <param name="product">Its name.</param>
    /// <param name="user">Its user.</param>
    /// <param name="listener">A copy of what the warden listens to; owned.</param>
    public void Add(string product, uint user, SafeFileHandle listener)
    {
        lock (_gate)
            _listeners.Add((product, new RefusedCallListener(listener, user)));
    }

    private void Run()
    {
        bool isStopped = false;
        while (true)
        {
            _ = Thread.CurrentThread.Join(isStopped ? PeriodWhileStopped : Period);
            isStopped = _warden != 0 && ProcStatus.IsStopped(_warden);
            _faults.Contain(() => Look(isStopped));
        }
    }

    private void Look(bool answer)
    {
        (string Product, RefusedCallListener Listener)[] all;
        lock (_gate)
            all = [.. _listeners];
        foreach ((string product, RefusedCallListener listener) in all)
        {
            if (answer)
                AnswerAll(product, listener);
            if (!listener.HasEnded)
                continue;
            lock (_gate)
                _listeners.Remove((product, listener));
            listener.Dispose();
        }
    }

    private void AnswerAll(string product, RefusedCallListener listener)
    {
        while (listener.Answer(out RefusedCall? refused) is not (CallAnswer.None or CallAnswer.Ended))
        {
            if (refused is { } call)
                _tell(product, call);
        }
    }
}
