using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Sandbox;

namespace Outwork.Cli.Certify;

/// <summary>The system calls that a confined product tried and was refused. Somebody must take them, or their callers wait: the thread that certifies.</summary>
/// <param name="reporter">Where the launcher passes the listener; owned.</param>
/// <param name="user">The confined product's user.</param>
internal sealed class RefusedAttempts(SafeFileHandle reporter, uint user) : IDisposable
{
    private readonly Dictionary<string, int> _calls = new(StringComparer.Ordinal);
    private RefusedCallListener? _listener;
    private bool _ended;

    /// <summary>Watch it, and call <see cref="Take"/> when it is readable; null when nothing will come any more.</summary>
    public SafeHandle? Handle => _ended ? null : _listener?.Handle ?? reporter;

    public int Count => _calls.Values.Sum();

    public string Describe() => string.Join(", ", _calls.OrderByDescending(static call => call.Value).Select(static call => $"{call.Key} ({call.Value})"));

    public void Take()
    {
        if (_ended)
            return;
        if (_listener is null)
        {
            _listener = RefusedCallListener.TryTake(reporter, user, out _ended);
            return;
        }

        _ended = !_listener.Answer(out RefusedCall? refused);
        if (refused is { } call)
            _calls[call.Name] = _calls.GetValueOrDefault(call.Name) + 1;
    }

    public void Dispose()
    {
        _listener?.Dispose();
        reporter.Dispose();
    }
}
