using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;

namespace Outwork.Warden.Supervision;

/// <summary>
/// Ends a broker that makes no progress (R3): the kernel then lets everything through that waits for it. A thread of its own, which
/// after its start opens nothing, loads nothing, allocates nothing and takes no lock: everything else in this process may be
/// waiting for the very broker that is to be ended. It counts looks, not time, so that a machine that was paused as a
/// whole counts as no stall.
/// </summary>
/// <param name="progress">Where the broker counts its reactor's turns.</param>
internal sealed class BrokerWatch(ProgressPage progress) : IDisposable
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    /// <summary>Looks without progress after which a broker that has judged is ended: 2 s.</summary>
    public const int StallLooks = 8;

    /// <summary>The same before its first turn: 30 s to start.</summary>
    public const int StartLooks = 120;

    private readonly DescriptorPause _pause = new(Period);
    private Thread? _thread;
    private LaunchedProcess? _watched;
    private LaunchedProcess? _stalled;
    private bool _stop;

    /// <summary>Starts the thread, and runs its code once so that everything is loaded and compiled.</summary>
    public void Start()
    {
        var state = default(LookState);
        Look(ref state);
        _thread = new Thread(Run) { IsBackground = true, Name = "broker-watch" };
        _thread.Start();
    }

    /// <summary>Watches this broker, which guards nothing yet, from now on, or none.</summary>
    public void Watch(LaunchedProcess? broker)
    {
        // The first use of a native function looks for its library, which opens files.
        broker?.PrepareKill();
        Volatile.Write(ref _watched, broker);
    }

    /// <summary>True when this broker was ended because it made no progress.</summary>
    public bool HasEnded(LaunchedProcess broker) => ReferenceEquals(Volatile.Read(ref _stalled), broker);

    /// <inheritdoc/>
    public void Dispose()
    {
        Volatile.Write(ref _stop, true);
        _thread?.Join();
    }

    private void Run()
    {
        var state = default(LookState);
        while (!Volatile.Read(ref _stop))
        {
            _pause.Wait();
            Look(ref state);
        }
    }

    private void Look(ref LookState state)
    {
        LaunchedProcess? broker = Volatile.Read(ref _watched);
        ulong turns = progress.Turns;
        if (!ReferenceEquals(broker, state.Broker) || turns != state.Turns)
        {
            state = new LookState { Broker = broker, Turns = turns };
            return;
        }

        if (broker is null || ++state.Still < (turns == 0 ? StartLooks : StallLooks))
            return;
        state.Still = 0;
        Volatile.Write(ref _stalled, broker);
        broker.Kill();
    }

    private struct LookState
    {
        public LaunchedProcess? Broker;
        public ulong Turns;
        public int Still;
    }
}
