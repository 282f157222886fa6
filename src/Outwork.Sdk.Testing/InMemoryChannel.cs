using Microsoft.Win32.SafeHandles;
using Outwork.Sdk.Channel;

namespace Outwork.Sdk.Testing;

/// <summary>Carries the real frames between a product's session and <see cref="InMemoryBroker"/>, without an operating system.</summary>
internal sealed class InMemoryChannel(Action<ReadOnlySpan<byte>> toBroker) : IProductChannel
{
    private readonly object _gate = new();
    private readonly Queue<(byte[] Frame, SafeFileHandle? File)> _frames = new();
    private bool _idle;
    private bool _ended;

    /// <summary>Queues a frame for the product.</summary>
    public void Post(ReadOnlySpan<byte> frame, SafeFileHandle? file)
    {
        lock (_gate)
        {
            _frames.Enqueue((frame.ToArray(), file));
            _idle = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until the product has taken, and observed, everything posted so far; false after <paramref name="limit"/>.</summary>
    public bool WaitUntilTaken(TimeSpan limit)
    {
        long started = TimeProvider.System.GetTimestamp();
        lock (_gate)
        {
            while (!_idle && !_ended)
            {
                TimeSpan left = limit - TimeProvider.System.GetElapsedTime(started);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                    return false;
            }
        }

        return true;
    }

    public ReceiveStatus TryReceive(Span<byte> buffer, out int length, out SafeFileHandle? descriptor)
    {
        length = 0;
        descriptor = null;
        lock (_gate)
        {
            if (!_frames.TryDequeue(out (byte[] Frame, SafeFileHandle? File) next))
            {
                // The session receives one frame at a time and observes it before it asks for the next.
                _idle = true;
                Monitor.PulseAll(_gate);
                return _ended ? ReceiveStatus.Ended : ReceiveStatus.Empty;
            }

            next.Frame.CopyTo(buffer);
            length = next.Frame.Length;
            descriptor = next.File;
            return ReceiveStatus.Frame;
        }
    }

    public void WaitForFrames()
    {
        lock (_gate)
        {
            while (_frames.Count == 0 && !_ended)
                Monitor.Wait(_gate);
        }
    }

    public SendStatus TrySend(ReadOnlySpan<byte> frame)
    {
        toBroker(frame);
        return SendStatus.Sent;
    }

    public void WaitForEnd()
    {
        lock (_gate)
        {
            while (!_ended)
                Monitor.Wait(_gate);
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    public void Dispose()
    {
        Close();
        foreach ((_, SafeFileHandle? file) in _frames)
            file?.Dispose();
    }
}
