using System.Runtime.InteropServices;
using System.Text;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Platform.Linux.ProductsUnderTest;

/// <summary>Takes what a product writes to standard output and error, on a thread of its own: counted, and the last of it kept.</summary>
public sealed class LogDrain : IDisposable
{
    private const int Kept = 4096;

    // A process that the product left behind may hold the other end for ever.
    private static readonly TimeSpan LookForEnd = TimeSpan.FromMilliseconds(100);

    private readonly LogPipe _pipe = LogPipe.Create();
    private readonly Lock _gate = new();
    private readonly byte[] _last = new byte[Kept];
    private long _bytes;
    private volatile bool _disposed;

    /// <summary>Begins to read.</summary>
    public LogDrain() => new Thread(Drain) { IsBackground = true, Name = "log" }.Start();

    /// <summary>For the child; forgotten here by <see cref="ForgetWriter"/> once it has it.</summary>
    public SafeHandle Writer => _pipe.Writer;

    /// <summary>How much was written so far.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The last lines.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                byte[] text = new byte[Math.Min(_bytes, Kept)];
                for (int i = 0; i < text.Length; i++)
                    text[i] = _last[(_bytes - text.Length + i) % Kept];
                return Encoding.UTF8.GetString(text);
            }
        }
    }

    /// <summary>The child has its own by now.</summary>
    public void ForgetWriter() => _pipe.Writer.Dispose();

    /// <summary>Ends the reading within a moment.</summary>
    public void Dispose()
    {
        _disposed = true;
        _pipe.Writer.Dispose();
    }

    private void Drain()
    {
        byte[] buffer = new byte[16 * 1024];
        var poll = new DescriptorPoll();
        bool ended = false;
        while (!ended && !_disposed)
        {
            poll.Clear();
            int index = poll.Add(_pipe.Reader);
            poll.Wait(LookForEnd);
            if (poll.IsReady(index))
                Keep(buffer.AsSpan(0, LogPipe.Read(_pipe.Reader, buffer, out ended)));
        }

        _pipe.Reader.Dispose();
    }

    private void Keep(ReadOnlySpan<byte> read)
    {
        lock (_gate)
        {
            for (int i = Math.Max(0, read.Length - Kept); i < read.Length; i++)
                _last[(_bytes + i) % Kept] = read[i];
            _bytes += read.Length;
        }
    }
}
