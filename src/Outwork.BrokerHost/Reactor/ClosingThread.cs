using System.Threading.Channels;

namespace Outwork.BrokerHost.Reactor;

/// <summary>
/// Closes what may take long to close, on a thread of its own: a file without a name, which the kernel takes apart when its last descriptor
/// goes, and a session's socket, into which its product may have sent any descriptors (unix(7), SCM_RIGHTS). Nobody waits for it: it may stand still
/// where no signal reaches it. Any thread.
/// </summary>
internal sealed class ClosingThread
{
    // As many as there are descriptors at most.
    private readonly Channel<IDisposable> _waiting = Channel.CreateUnbounded<IDisposable>();
    private readonly ReactorFaults _faults;

    /// <summary>Starts it. It ends with the process.</summary>
    public ClosingThread(ReactorFaults faults)
    {
        _faults = faults;
        new Thread(Run) { IsBackground = true, Name = "closing" }.Start();
    }

    /// <summary>Has something closed soon; nobody may use it any more.</summary>
    public void Close(IDisposable resource) => _ = _waiting.Writer.TryWrite(resource);

    private void Run()
    {
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_waiting.Reader.TryRead(out var resource)) _faults.Contain(resource.Dispose);
        }
    }
}
