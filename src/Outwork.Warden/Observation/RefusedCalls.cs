using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Sandbox;

namespace Outwork.Warden.Observation;

/// <summary>
/// Answers and counts what a product tried and is refused. Told is each call's first time, and then each tenfold of it; answered
/// are so many a second, so that a product that tries in a loop waits, and nobody else does.
/// </summary>
internal sealed class RefusedCalls(string name, uint user, SafeFileHandle reporter, TimeProvider time, Action<string> write) : IDisposable
{
    public const int AnsweredPerSecond = 200;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, long> _counts = [];
    private RefusedCallListener? _listener;
    private long _windowStart = time.GetTimestamp();
    private int _answered;

    /// <summary>What to wait for.</summary>
    public SafeFileHandle Handle => _listener?.Handle ?? reporter;

    /// <summary>Nobody is left who could try.</summary>
    public bool Ended { get; private set; }

    /// <summary>How long not to answer; zero when it may be answered.</summary>
    public TimeSpan Pause
    {
        get
        {
            TimeSpan left = Window - time.GetElapsedTime(_windowStart);
            return _answered < AnsweredPerSecond || left <= TimeSpan.Zero ? TimeSpan.Zero : left;
        }
    }

    /// <summary>Answers one call, if one waits; never waits itself.</summary>
    public void Answer()
    {
        if (time.GetElapsedTime(_windowStart) >= Window)
        {
            _windowStart = time.GetTimestamp();
            _answered = 0;
        }

        if (_listener is null)
        {
            _listener = RefusedCallListener.TryTake(reporter, user, out bool none);
            Ended = none;
            return;
        }

        if (_answered++ >= AnsweredPerSecond)
            return;
        if (!_listener.Answer(out RefusedCall? refused))
            Ended = true;
        else if (refused is { } call)
            Count(call);
    }

    public void Dispose()
    {
        _listener?.Dispose();
        reporter.Dispose();
    }

    private void Count(RefusedCall call)
    {
        long count = _counts[call.Name] = _counts.GetValueOrDefault(call.Name) + 1;
        if (!IsPowerOfTen(count))
            return;
        string times = count == 1 ? "" : $", {count.ToString(CultureInfo.InvariantCulture)} times by now";
        write($"outwork-warden: {name} was REFUSED {call.Name}({(long)call.Argument}) in process {call.ProcessId}{times}");
    }

    private static bool IsPowerOfTen(long count)
    {
        while (count % 10 == 0)
            count /= 10;
        return count == 1;
    }
}
