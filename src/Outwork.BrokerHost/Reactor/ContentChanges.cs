using Outwork.Broker.Verdicts;
using Outwork.Contracts.Verdicts;

namespace Outwork.BrokerHost.Reactor;

/// <summary>
/// Passes on what makes remembered verdicts void, on the reactor's thread: the deadline guard reads such events too, and what the
/// engine remembers belongs to the reactor. Made on the reactor's thread.
/// </summary>
internal sealed class ContentChanges(VerdictEngine engine, ReactorInbox inbox)
{
    private readonly int _reactorThread = Environment.CurrentManagedThreadId;

    private bool IsOnReactor => Environment.CurrentManagedThreadId == _reactorThread;

    /// <summary>The last writer of a file closed it.</summary>
    public void TakeWrite(ulong device, ulong inode)
    {
        if (IsOnReactor) engine.ForgetFile(device, inode);
        else TakeLater(device, inode);
    }

    /// <summary>The source lost events. One may have been a writer's close: nothing that is remembered can be relied on.</summary>
    public void TakeLoss(VerdictFailure how)
    {
        if (IsOnReactor) engine.LoseEvents(how);
        else inbox.Post(() => engine.LoseEvents(how));
    }

    // A method of its own, so that the reactor's way allocates no closure.
    private void TakeLater(ulong device, ulong inode) => inbox.Post(() => engine.ForgetFile(device, inode));
}
