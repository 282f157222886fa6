using Outwork.Broker.Rules;
using Outwork.BrokerHost.Reactor;
using Outwork.BrokerHost.Status;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Supervision;

namespace Outwork.BrokerHost.Mounts;

/// <summary>
/// Switches the guard on: when there is a policy, and the products that it asks have subscribed or have had their time. Reactor
/// thread only.
/// </summary>
internal sealed class GuardSwitch(BrokerCore core, GuardedMounts mounts, StatusBuilder status, WardenLinkClient link, long startedAt, TimeProvider time)
{
    private static readonly TimeSpan ProductPatience = TimeSpan.FromSeconds(5);

    // The products outlive a broker and are there at once; one that hangs must not keep the guard off for all.
    private static readonly TimeSpan RestartPatience = TimeSpan.FromSeconds(1.5);
    private CompiledPolicy? _awaited;
    private string[] _missing = [];
    private long _appliedAt;
    private bool _isReady, _isOn;

    /// <summary>Has the mount table read, and set the marks that it asks for.</summary>
    public Action? ReadMounts { get; set; }

    /// <summary>The mount table was read.</summary>
    public void MountsRead(MountReading reading)
    {
        mounts.TakeOwn(reading.Table);
        if (!reading.IsMarked) return;
        var faults = mounts.Apply(reading);
        if (_isOn) return;
        if (mounts.Count == 0) throw new UnrecoverableException($"Nothing can be guarded. {string.Join("; ", faults)}");
        _isOn = true;
        status.ProtectingSinceUnixNs = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        link.Send(new GuardingReport(On: true, (uint)time.GetElapsedTime(startedAt).TotalMilliseconds, (uint)mounts.Count, "exec and open", string.Join(',', _missing)));
    }

    /// <summary>A policy came into force.</summary>
    public void PolicyApplied(CompiledPolicy policy)
    {
        if (_isReady) return;
        if (_awaited is null) _appliedAt = time.GetTimestamp();
        _awaited = policy;
        TrySwitchOn();
    }

    /// <summary>Looks whether the guard can begin. Called on each turn until it has.</summary>
    public void TrySwitchOn()
    {
        if (_isReady || _awaited is null) return;
        _missing = core.NotSubscribed(_awaited);
        if (_missing.Length != 0 && time.GetElapsedTime(_appliedAt) < (status.IsRestart ? RestartPatience : ProductPatience)) return;
        _isReady = true;
        mounts.TurnOn();
        ReadMounts?.Invoke();
    }
}
