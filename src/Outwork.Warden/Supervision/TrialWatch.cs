using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;
using Outwork.Platform.Supervision;
using Outwork.Warden.Launching;
using Outwork.Warden.Observation;

namespace Outwork.Warden.Supervision;

/// <summary>
/// Starts the trial when somebody asks for one: when something can be read from the socket whose other end the agent has. The warden reads
/// nothing from it itself. One trial at a time, none without a broker, and the next not at once.
/// </summary>
/// <param name="child">The process.</param>
/// <param name="plans">What may be tried.</param>
internal sealed class TrialWatch(
    SupervisedChild child, IReadOnlyList<TrialPlan> plans, IProcessLauncher launcher, ChildPrograms programs, StateDirectories state,
    ProductObserver observer, TimeProvider time)
{
    // More than the limits that a trial may be given come to together (start, recording, live questions): it ends by itself before.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(9);

    private SafeFileHandle? _requests;
    private long _started;
    private int _index = -1;

    /// <summary>The process, while there is one, and the groups of all that it may have started.</summary>
    public SupervisedChild Child => child;

    /// <summary>Whom what it starts runs as.</summary>
    public IEnumerable<uint> Users => plans.Select(static plan => plan.User);

    /// <summary>Until the next may start; null when one runs, or nobody can ask.</summary>
    public TimeSpan? UntilStart =>
        child.Process is null && _requests is not null && child.StartDue > time.GetTimestamp() ? time.GetElapsedTime(time.GetTimestamp(), child.StartDue) : null;

    /// <summary>A new agent asks over a new socket; what an earlier one has left unread is nobody's. Returns its end.</summary>
    public SafeFileHandle Renew()
    {
        _requests?.Dispose();
        SocketPair pair = SocketPair.CreateStream();
        _requests = pair.First;
        return pair.Second;
    }

    /// <summary>Adds what to wait for.</summary>
    /// <param name="poll">Where.</param>
    /// <param name="hasBroker">A trial may be started: otherwise a request that waits would wake the caller at once, again and again.</param>
    public void AddTo(DescriptorPoll poll, bool hasBroker)
    {
        _index = -1;
        if (child.Process is { } process)
            _ = poll.Add(process.Handle);
        else if (hasBroker && _requests is not null && child.StartDue <= time.GetTimestamp())
            _index = poll.Add(_requests);
    }

    /// <summary>Starts the trial if somebody asked for one.</summary>
    public void StartIfAsked(DescriptorPoll poll, BrokerConnection? broker)
    {
        if (_index < 0 || !poll.IsReady(_index) || _requests is null)
            return;
        if (poll.IsHungUp(_index))
        {
            // Nobody is left to be told the result.
            _requests.Dispose();
            _requests = null;
        }
        else if (broker is not null && Start(broker, _requests) is { } refusal)
        {
            Output.WriteError($"the trial could not be started: {refusal}");
            _ = child.ScheduleRestart(refusal);
        }
    }

    /// <summary>Tells a new broker of a trial that runs.</summary>
    public void Announce(BrokerConnection broker)
    {
        if (child.Process is { } process)
            broker.Send(new ProcessStartedCommand(child.Role, child.Name, process.ProcessId, child.User, child.Restarts), process.Handle);
    }

    /// <summary>Ends a trial that would last for ever.</summary>
    public void EndIfOverdue()
    {
        if (child.Process is { } process && time.GetElapsedTime(_started) >= Longest)
            process.Kill();
    }

    /// <summary>How the trial ended, once; null otherwise.</summary>
    public ProcessExit? TakeExit(BrokerConnection? broker)
    {
        if (child.Process?.TryGetExit() is not { } exit)
            return null;
        broker?.Send(new ProcessEndedCommand(child.Process.ProcessId));
        _ = child.ScheduleRestart(exit.ToString());
        return exit;
    }

    private string? Start(BrokerConnection broker, SafeFileHandle requests)
    {
        try
        {
            LogPipe log = LogPipe.Create();
            using SafeFileHandle logWriter = log.Writer;
            observer.Observe(child.Name, log.Reader);
            broker.AnnounceSpawn();
            LaunchResult result = launcher.Start(programs.Trial(child, plans, state, requests, logWriter));
            if (result.Process is not { } process)
            {
                broker.Send(new SpawnAbandonedCommand());
                return result.Refusal;
            }

            child.OnStarted(process);
            _started = time.GetTimestamp();
            Announce(broker);
            return null;
        }
        catch (LinuxException lost) when (child.Process is null)
        {
            return lost.Message;
        }
    }
}
