using Outwork.Broker.Verdicts;

namespace Outwork.BrokerHost.Reactor;

/// <summary>
/// Passes on which files were written, on the reactor's thread: the deadline guard reads such events too, and what the engine
/// remembers belongs to the reactor. Made on the reactor's thread.
/// </summary>
internal sealed class ContentWrites(VerdictEngine engine, ReactorInbox inbox)
{
    private readonly int _reactorThread = Environment.CurrentManagedThreadId;

    /// <summary>The last writer of a file closed it.</summary>
    public void Take(ulong device, ulong inode)
    {
        if (Environment.CurrentManagedThreadId == _reactorThread) engine.ForgetFile(device, inode);
        else TakeLater(device, inode);
    }

    // A method of its own, so that the reactor's way allocates no closure.
    private void TakeLater(ulong device, ulong inode) => inbox.Post(() => engine.ForgetFile(device, inode));
}
