using Outwork.Broker.Processes;
using Outwork.Broker.Sessions;
using Outwork.BrokerHost.Reactor;
using Outwork.Contracts.Events;

namespace Outwork.BrokerHost.Repair;

/// <summary>
/// Repairs what losses did (R5): after a gap it has processes and mounts read again, elsewhere, since opening /proc may wait; compares
/// and tells every subscriber what changed, marked as reconstructed. Reactor thread only.
/// </summary>
internal sealed class GapRepair(
    ProcessTable processes, StateReplay replay, ReactorInbox inbox, ReactorFaults faults, TimeProvider time,
    Func<LostEvents> lost, Func<(IReadOnlyList<ProcessInfo> Processes, long TakenUnixNs)> read)
{
    private readonly RepairSchedule _schedule = new(time);
    private LostEvents _covered;
    private ProcessReading? _reading;
    private bool _isRead;
    private TimeSpan _cost;

    /// <summary>Has the mount table read again.</summary>
    public Action? RereadMounts { get; set; }

    /// <summary>Repairs done.</summary>
    public ulong Completed { get; private set; }

    /// <summary>Repairs that failed since the system could not be read; each is tried again.</summary>
    public ulong Failed { get; private set; }

    /// <summary>Events sent by repairs.</summary>
    public ulong Reconstructed { get; private set; }

    /// <summary>True when <see cref="Prepare"/> and <see cref="Begin"/> should be called.</summary>
    public bool IsDue => _schedule.IsDue;

    /// <summary>Something was lost that the telemetry's own count does not show.</summary>
    public void Want() => _schedule.Want();

    /// <summary>Looks whether telemetry was lost since the last repair began.</summary>
    public void LookForLosses(LostEvents now)
    {
        if (now != _covered) _schedule.Want();
    }

    /// <summary>Notes what the next repair covers. All waiting events must be drained after it and before <see cref="Begin"/>.</summary>
    public void Prepare() => _covered = lost();

    /// <summary>Has the system read.</summary>
    public void Begin()
    {
        _schedule.Begin();
        _isRead = false;
        var reading = _reading = processes.BeginReading();
        RereadMounts?.Invoke();
        ThreadPool.QueueUserWorkItem(_ => Read(reading));
    }

    /// <summary>Compares up to <paramref name="most"/> processes; true when more remain.</summary>
    public bool Step(int most)
    {
        if (!_isRead || _reading is null) return false;
        int before = _reading.Differences;
        bool more = _reading.Step(most);
        Reconstructed += (ulong)(_reading.Differences - before);
        if (more) return true;
        Completed++;
        replay.TellComplete($"repaired: {_reading.Differences} changes were not seen");
        End(succeeded: true);
        return false;
    }

    private void Read(ProcessReading reading)
    {
        long start = time.GetTimestamp();
        bool isPosted = false;
        try
        {
            var (found, takenUnixNs) = read();
            var cost = time.GetElapsedTime(start);
            isPosted = true;
            inbox.Post(() =>
            {
                reading.Complete(found, takenUnixNs);
                (_isRead, _cost) = (true, cost);
            });
        }
        catch (Exception fault) when (faults.Survives(fault))
        {
            // Tried again after the pause.
        }
        finally
        {
            if (!isPosted)
                inbox.Post(() =>
                {
                    Failed++;
                    reading.Abandon();
                    End(succeeded: false);
                });
        }
    }

    private void End(bool succeeded)
    {
        _reading = null;
        _isRead = false;
        _schedule.End(succeeded, _cost);
    }
}
