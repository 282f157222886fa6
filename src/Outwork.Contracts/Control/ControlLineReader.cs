using System.Buffers;

namespace Outwork.Contracts.Control;

/// <summary>What <see cref="ControlLineReader.ReadAsync"/> found.</summary>
public enum ControlLineStatus
{
    /// <summary><see cref="ControlLineReader.Line"/> holds a line.</summary>
    Line = 0,

    /// <summary>The peer has closed its side; an unfinished line is dropped.</summary>
    Ended = 1,

    /// <summary>The line is longer than allowed. Reading goes on only after <see cref="ControlLineReader.MaximumLength"/> was raised, or <see cref="ControlLineReader.SkipLine"/>.</summary>
    TooLong = 2,
}

/// <summary>Reads the lines of the control protocol, each at most so many bytes long. One reader at a time.</summary>
/// <param name="stream">Stays the caller's.</param>
/// <param name="maximumLength">Longest line without its end, bytes.</param>
public sealed class ControlLineReader(Stream stream, int maximumLength) : IDisposable
{
    private const int InitialLength = 4096;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialLength);
    private int _start;
    private int _end;
    private bool _skipping;

    /// <summary>Longest line without its end, bytes.</summary>
    public int MaximumLength { get; set; } = maximumLength;

    /// <summary>The line last read, without its end; valid until the next read.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>Waits for the next line.</summary>
    /// <exception cref="IOException">The connection failed.</exception>
    public async ValueTask<ControlLineStatus> ReadAsync(CancellationToken cancellation)
    {
        int searched = _start;
        while (true)
        {
            if (_skipping && !TrySkip())
            {
                _start = _end = 0;
                if (!await ReceiveAsync(cancellation))
                    return ControlLineStatus.Ended;
                searched = 0;
                continue;
            }

            searched = Math.Max(searched, _start);
            int newLine = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (newLine >= 0)
            {
                int length = searched + newLine - _start;
                if (length > MaximumLength)
                    return ControlLineStatus.TooLong;
                Line = _buffer.AsMemory(_start, length);
                _start += length + 1;
                return ControlLineStatus.Line;
            }

            if (_end - _start > MaximumLength)
                return ControlLineStatus.TooLong;
            MakeRoom();
            searched = _end;
            if (!await ReceiveAsync(cancellation))
                return ControlLineStatus.Ended;
        }
    }

    /// <summary>Passes over a line that is too long: the next read gives the one behind it.</summary>
    public void SkipLine() => _skipping = true;

    /// <summary>Gives the buffer back; <see cref="Line"/> is invalid from then on.</summary>
    public void Dispose()
    {
        if (_buffer.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Line = default;
        _start = _end = 0;
    }

    private async ValueTask<bool> ReceiveAsync(CancellationToken cancellation)
    {
        int received = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _end += received;
        return received > 0;
    }

    private bool TrySkip()
    {
        int newLine = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
        if (newLine < 0)
            return false;
        _start += newLine + 1;
        _skipping = false;
        return true;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end < _buffer.Length)
            return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
