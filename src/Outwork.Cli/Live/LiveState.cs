using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Cli.Live;

/// <summary>What the live view shows: fed by the watch and by status, read by the drawing. Safe to use from several threads.</summary>
internal sealed class LiveState(TimeProvider time)
{
    /// <summary>Decisions kept: more than a tall terminal has lines.</summary>
    public const int Kept = 200;

    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Queue<DecisionRecord> _decisions = new();
    private StatusSnapshot? _status;
    private string? _trouble;
    private ulong _events;
    private ulong _lost;
    private ulong _windowEvents;
    private long _windowStart = time.GetTimestamp();
    private double _rate;
    private ulong _version;

    /// <summary>Takes one event.</summary>
    public void Add(NotifyEvent notification)
    {
        lock (_lock)
        {
            _version++;
            // A gap stands for the events that are missing: they happened too.
            ulong count = notification.Kind == EventKind.Gap ? notification.Lost : 1;
            _events += count;
            if (notification.Kind == EventKind.Gap)
                _lost += count;
            if (notification.Decision is not { } decision)
                return;
            if (_decisions.Count == Kept)
                _decisions.Dequeue();
            _decisions.Enqueue(decision);
        }
    }

    /// <summary>Takes the answer to a status request.</summary>
    public void Update(ControlResponse response)
    {
        lock (_lock)
        {
            _version++;
            _status = response.Status ?? _status;
            _trouble = response.Ok ? null : response.Error ?? response.Code;
        }
    }

    /// <summary>One consistent view.</summary>
    public LiveFrame Snapshot()
    {
        lock (_lock)
        {
            TimeSpan passed = time.GetElapsedTime(_windowStart);
            if (passed >= RateWindow)
            {
                _rate = (_events - _windowEvents) / passed.TotalSeconds;
                _windowEvents = _events;
                _windowStart = time.GetTimestamp();
                _version++;
            }

            return new LiveFrame(_version, _status, _trouble, _rate, _lost, [.. _decisions]);
        }
    }
}

/// <summary>What is drawn at one moment.</summary>
/// <param name="Version">Changes when anything does.</param>
/// <param name="Status">Null until the first answer.</param>
/// <param name="Trouble">Why there is no newer status; null when there is.</param>
/// <param name="EventsPerSecond">Over the last two seconds.</param>
/// <param name="Lost">Events this view has missed.</param>
/// <param name="Decisions">Oldest first.</param>
internal sealed record LiveFrame(
    ulong Version, StatusSnapshot? Status, string? Trouble, double EventsPerSecond, ulong Lost, DecisionRecord[] Decisions);
