using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Warden;

/// <summary>Writes lines in their order, on a thread of its own. Lines beyond those that it keeps are dropped, and their number told.</summary>
internal sealed class OutputThread : IDisposable
{
    private const int MostLines = 256;
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(300);

    private readonly Channel<(SafeHandle Stream, byte[] Line)> _lines = Channel.CreateBounded<(SafeHandle, byte[])>(MostLines);
    private readonly WakeUp _wake = new();
    private readonly Thread _thread;
    private int _dropped;
    private volatile bool _stopping;

    public OutputThread()
    {
        _thread = new Thread(Run, 128 * 1024) { IsBackground = true, Name = "output" };
        _thread.Start();
    }

    /// <summary>True when it was disposed and all had been written.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Never waits; any thread.</summary>
    public void Write(SafeHandle stream, byte[] line)
    {
        if (!_lines.Writer.TryWrite((stream, line)))
            _ = Interlocked.Increment(ref _dropped);
        _wake.Raise();
    }

    /// <summary>Waits shortly for what was not written yet.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Raise();
        HasEnded = _thread.Join(LastWords);
        if (HasEnded)
            _wake.Dispose();
    }

    private void Run()
    {
        var poll = new DescriptorPoll();
        _ = poll.Add(_wake.Handle);
        bool isLast;
        do
        {
            poll.Wait(null);
            isLast = _stopping;
            _wake.Clear();
            while (_lines.Reader.TryRead(out (SafeHandle Stream, byte[] Line) next))
                StandardStreams.TryWrite(next.Stream, next.Line);
            TellDropped();
        }
        while (!isLast);
    }

    private void TellDropped()
    {
        int dropped = Interlocked.Exchange(ref _dropped, 0);
        if (dropped == 0)
            return;
        string line = string.Create(CultureInfo.InvariantCulture, $"outwork-warden: ({dropped} lines were dropped: nobody read them)\n");
        StandardStreams.TryWrite(StandardStreams.Error, Encoding.UTF8.GetBytes(line));
    }
}
