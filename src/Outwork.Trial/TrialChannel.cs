using System.Net.Sockets;
using Outwork.Content.Trials;

namespace Outwork.Trial;

/// <summary>
/// The lines to and from whoever asks for a trial, who is less privileged: lines that are too long or no message are passed over, and a
/// peer that does not read loses lines instead of holding anything up. One thread; never blocks.
/// </summary>
internal sealed class TrialChannel : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[TrialReport.LongestLine];
    private int _start;
    private int _end;
    private bool _skipping;

    /// <param name="socket">Connected stream; owned.</param>
    public TrialChannel(Socket socket)
    {
        _socket = socket;
        _socket.Blocking = false;
    }

    /// <summary>Readable when there is something to take, or the peer is gone.</summary>
    public SafeSocketHandle Handle => _socket.SafeHandle;

    /// <summary>The peer is gone.</summary>
    public bool Ended { get; private set; }

    /// <summary>The next message that is there; null when none is.</summary>
    public TrialMessage? TryTake()
    {
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length < 0)
            {
                if (!Receive())
                    return null;
                continue;
            }

            bool skipped = _skipping;
            _skipping = false;
            TrialMessage? message = skipped ? null : TrialMessage.Read(_buffer.AsSpan(_start, length));
            _start += length + 1;
            if (message is not null)
                return message;
        }
    }

    /// <summary>Sends a line. One that is cut is followed by no other.</summary>
    /// <param name="report">What to tell.</param>
    /// <param name="patience">How long to wait for a peer that does not read; by default a line without room is dropped.</param>
    public void Send(TrialReport report, TimeSpan patience = default)
    {
        if (Ended)
            return;
        byte[] line = report.ToLine();
        int sent = 0;
        while (true)
        {
            sent += _socket.Send(line.AsSpan(sent), SocketFlags.None, out SocketError error);
            if (sent == line.Length)
                return;
            bool isFull = error is SocketError.Success or SocketError.WouldBlock;
            if (isFull && patience > TimeSpan.Zero && _socket.Poll(patience, SelectMode.SelectWrite))
                continue;
            Ended = !isFull || sent > 0;
            return;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private bool Receive()
    {
        if (Ended)
            return false;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            // The rest of a line that is too long goes the same way.
            _skipping = true;
            _end = 0;
        }

        int received = _socket.Receive(_buffer.AsSpan(_end), SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
            return false;
        if (error != SocketError.Success || received == 0)
        {
            Ended = true;
            return false;
        }

        _end += received;
        return true;
    }
}
