using Outwork.Platform.Linux.Supervision;

namespace Outwork.Warden.Supervision;

/// <summary>
/// Tells whoever started the warden (a service manager's watchdog, the keeper) that it is not stuck, which takes both of its threads: the
/// one that watches the broker sends, and only when the one that supervises has turned since it last did. Whichever of them
/// stops, the warden falls silent and is replaced.
/// </summary>
/// <param name="watchdogs">Who hears it.</param>
/// <param name="limit">Within which time silence is taken for a hang; at least a second to be kept to.</param>
/// <param name="period">Time between two looks of the watching thread.</param>
internal sealed class WatchdogPing(IWatchdog[] watchdogs, TimeSpan limit, TimeSpan period)
{
    /// <summary>The limit of a keeper of our own.</summary>
    public static readonly TimeSpan KeeperLimit = TimeSpan.FromSeconds(10);

    // Four times within the limit, so that one that comes late costs nothing.
    private readonly long _looksBetween = Math.Max(1, (long)(limit / 4 / period));
    private long _turns = 1;
    private long _toldTurns;
    private long _looks;

    /// <summary>The supervising thread turns at least this often, with or without work.</summary>
    public TimeSpan LongestPause { get; } = limit / 8;

    /// <summary>The ping for those who are there; null when nobody is.</summary>
    public static WatchdogPing? Create(ServiceNotifier? notifier, Lifeline? keeper, TimeSpan period)
    {
        TimeSpan limit = notifier?.WatchdogLimit ?? KeeperLimit;
        if (keeper is not null && limit > KeeperLimit)
            limit = KeeperLimit;
        return (notifier, keeper) switch
        {
            ({ WatchdogLimit: not null }, not null) => new WatchdogPing([notifier, keeper], limit, period),
            ({ WatchdogLimit: not null }, null) => new WatchdogPing([notifier], limit, period),
            (_, not null) => new WatchdogPing([keeper], limit, period),
            _ => null,
        };
    }

    /// <summary>Runs the code once, so that everything is loaded and compiled.</summary>
    public void Prepare() => _ = TellAll();

    /// <summary>The supervising thread has turned.</summary>
    public void OnTurn() => Volatile.Write(ref _turns, _turns + 1);

    /// <summary>The watching thread has looked. Opens nothing, allocates nothing, waits for nobody.</summary>
    public void OnLook()
    {
        long turns = Volatile.Read(ref _turns);
        if (++_looks < _looksBetween || turns == _toldTurns || !TellAll())
            return;
        _toldTurns = turns;
        _looks = 0;
    }

    private bool TellAll()
    {
        bool told = true;
        foreach (IWatchdog watchdog in watchdogs)
            told &= watchdog.TellAlive();
        return told;
    }
}
