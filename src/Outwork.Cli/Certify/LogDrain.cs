using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;

namespace Outwork.Cli.Certify;

/// <summary>Takes what a product writes to standard output and error, on a thread of its own: counted, and the last of it kept.</summary>
internal sealed class LogDrain : IDisposable
{
    private const int Kept = 4096;

    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.In);
    private readonly Lock _gate = new();
    private readonly byte[] _last = new byte[Kept];
    private long _bytes;

    public LogDrain() => new Thread(Drain) { IsBackground = true, Name = "log" }.Start();

    /// <summary>For the child; forgotten here by <see cref="ForgetWriter"/> once it has it.</summary>
    public SafeHandle Writer => _pipe.ClientSafePipeHandle;

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

    public void ForgetWriter() => _pipe.DisposeLocalCopyOfClientHandle();

    public void Dispose() => _pipe.Dispose();

    private void Drain()
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = _pipe.Read(buffer)) > 0)
            {
                lock (_gate)
                {
                    for (int i = Math.Max(0, read - Kept); i < read; i++)
                        _last[(_bytes + i) % Kept] = buffer[i];
                    _bytes += read;
                }
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // Disposed while a process that the product left behind still holds the other end.
        }
    }
}
