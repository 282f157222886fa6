using Outwork.Platform.Linux.Supervision;

namespace Outwork.Warden.Supervision;

/// <summary>
/// What the service manager, if one started the warden, is told: that protection is on (which is what it waits for), how it fares since,
/// that it stops. What it did not take is told again at the next turn. The supervising thread's.
/// </summary>
/// <param name="notifier">The way to the manager; null without one.</param>
/// <param name="ping">For whoever watches the warden; null when nobody does.</param>
internal sealed class ServiceReport(ServiceNotifier? notifier, WatchdogPing? ping)
{
    private string? _untold;
    private bool _isReady;
    private bool _wasTold;

    /// <summary>True when a service manager started the warden and starts it again.</summary>
    public bool IsService => notifier is not null;

    /// <summary>The longest that the supervising thread may wait; null without a limit.</summary>
    public TimeSpan? LongestPause => ping?.LongestPause;

    /// <summary>The supervising thread has turned.</summary>
    public void OnTurn()
    {
        ping?.OnTurn();
        if (_untold is { } status)
            Tell(status);
    }

    /// <summary>Protection is on.</summary>
    public void TellGuarding(string what)
    {
        _isReady = true;
        Tell(what);
    }

    /// <summary>It is not, or not yet.</summary>
    public void TellStatus(string what) => Tell(what);

    /// <summary>All is about to be stopped. Not told again: who asked for it sees the end anyway.</summary>
    public void TellStopping() => _ = notifier?.TellStopping("stopping: nothing is guarded any more");

    private void Tell(string status)
    {
        if (notifier is null)
            return;
        bool isFirst = _isReady && !_wasTold;
        bool told = isFirst ? notifier.TellReady(status) : notifier.TellStatus(status);
        _untold = told ? null : status;
        _wasTold |= told && isFirst;
    }
}
