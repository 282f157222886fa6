using System.Text;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Warden.Observation;

/// <summary>
/// What a product says, line by line under its name, and not more than a budget a second: beyond that it is thrown away and
/// counted, and beyond a larger one not even read, so that a product that floods waits for its own pipe. The hour has a budget too, which
/// keeps the log from filling the disk.
/// </summary>
internal sealed class ProductLog(string name, SafeFileHandle pipe, LogBudget hour, TimeProvider time, Action<string> write) : IDisposable
{
    public const int WrittenPerSecond = 64 * 1024;
    public const int ReadPerSecond = 1024 * 1024;
    public const int LongestLine = 4096;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly byte[] _buffer = new byte[4096];
    private readonly StringBuilder _line = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly char[] _text = new char[4097];
    private long _windowStart = time.GetTimestamp();
    private int _read;
    private int _written;
    private long _dropped;

    public SafeFileHandle Handle => pipe;

    /// <summary>Nobody is left who could write.</summary>
    public bool Ended { get; private set; }

    /// <summary>How long not to read; zero when it may be read.</summary>
    public TimeSpan Pause => _read < ReadPerSecond ? TimeSpan.Zero : Remaining;

    /// <summary>How long until what was dropped can be told; null when there is nothing to tell.</summary>
    public TimeSpan? UntilReport => _dropped == 0 ? null : Remaining;

    private TimeSpan Remaining
    {
        get
        {
            TimeSpan left = Window - time.GetElapsedTime(_windowStart);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Reads once; never waits.</summary>
    public void Read()
    {
        BeginWindow();
        if (Pause > TimeSpan.Zero)
            return;
        int count = LogPipe.Read(pipe, _buffer, out bool ended);
        _read += count;
        int length = _decoder.GetChars(_buffer, 0, count, _text, 0);
        foreach (char c in _text.AsSpan(0, length))
            Take(c);
        if (!ended)
            return;
        Ended = true;
        if (_line.Length > 0)
            EndLine();
        TellDropped();
    }

    /// <summary>Begins a new second when the last one is over, and tells what was dropped in it.</summary>
    public void BeginWindow()
    {
        if (Remaining > TimeSpan.Zero)
            return;
        TellDropped();
        _windowStart = time.GetTimestamp();
        _read = 0;
        _written = 0;
    }

    public void Dispose() => pipe.Dispose();

    private void Take(char c)
    {
        if (c == '\n')
        {
            EndLine();
            return;
        }

        // A terminal would obey control characters. Surrogates come in pairs and are none.
        _ = _line.Append(char.IsControl(c) && c != '\t' ? '?' : c);
        if (_line.Length >= LongestLine)
            EndLine();
    }

    private void EndLine()
    {
        int length = _line.Length + 1;
        if (_written + length > WrittenPerSecond)
        {
            _dropped += length;
        }
        else
        {
            _written += length;
            bool fits = hour.TryTake(length, out string? report);
            if (report is not null)
                write($"{name}: {report}");
            if (fits)
                write($"{name}: {_line}");
        }

        _ = _line.Clear();
    }

    private void TellDropped()
    {
        if (_dropped == 0)
            return;

        // When nothing of the hour is left, that has been told.
        if (hour.TryTake(1, out _))
            write($"{name}: ({_dropped} characters of its log were dropped: more than {WrittenPerSecond / 1024} KiB in a second)");
        _dropped = 0;
    }
}
