using Outwork.BrokerHost.Reactor;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.Mounts;

namespace Outwork.BrokerHost.Mounts;

/// <summary>
/// File systems that are mounted only in a mount namespace of others, so that the mount table does not show them. They are found by
/// what is executed from them: the first execution is not judged and is counted, from then on the file system is guarded. Executions
/// from file systems that cannot be guarded are counted too. Reactor thread only.
/// </summary>
internal sealed class HiddenMounts(GuardedMounts mounts, ReactorInbox inbox, ReactorFaults faults, TimeProvider time)
{
    private const int MostKnown = 1_024;

    // The number of a device may be given to another file system after an unmount that nobody here sees: it is marked anew then.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);
    private readonly Dictionary<ulong, Device> _known = [];

    /// <summary>Executions from file systems that were not guarded.</summary>
    public ulong Unjudged { get; private set; }

    /// <summary>Such file systems guarded since.</summary>
    public ulong Found { get; private set; }

    /// <summary>A program was executed.</summary>
    public void Executed(NotifyEvent e)
    {
        if (!mounts.IsWholeMachine || mounts.Count == 0 || e.Reconstructed || e.Process is not { } process || e.File.IsNone) return;
        ulong device = e.File.Device;
        if (mounts.IsGuarded(DeviceNumber.Format(device))) return;
        bool isKnown = _known.TryGetValue(device, out var known);
        if (!known.IsGuarded) Unjudged++;
        if (isKnown && time.GetElapsedTime(known.LookedAt) < Lifetime) return;
        if (_known.Count >= MostKnown) _known.Clear();
        _known[device] = known with { LookedAt = time.GetTimestamp() };
        // Elsewhere, since it opens a file.
        ThreadPool.QueueUserWorkItem(_ => faults.Contain(() => Look(process.Pid, device)));
    }

    private void Look(int pid, ulong device)
    {
        bool isLocal;
        try
        {
            string number = DeviceNumber.Format(device);
            isLocal = MountTable.ReadOf(pid).Exists(m => m.Device == number && MountTable.IsLocal(m));
        }
        catch (IOException)
        {
            // It has ended: the next execution is another try.
            inbox.Post(() => _known.Remove(device));
            return;
        }
        inbox.Post(() => Guard(pid, device, isLocal));
    }

    private void Guard(int pid, ulong device, bool isLocal)
    {
        bool wasGuarded = _known.TryGetValue(device, out var known) && known.IsGuarded;
        bool isGuarded = isLocal && mounts.GuardProgramOf(pid) == 0;
        _known[device] = known with { IsGuarded = isGuarded };
        if (isGuarded && !wasGuarded) Found++;
    }

    private readonly record struct Device(long LookedAt, bool IsGuarded);
}
