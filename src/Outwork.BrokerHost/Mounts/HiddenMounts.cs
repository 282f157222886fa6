using Outwork.BrokerHost.Reactor;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.Mounts;

namespace Outwork.BrokerHost.Mounts;

/// <summary>
/// File systems that are mounted only in a mount namespace of others, so that the mount table does not show them. They are found by
/// what is executed from them: such an execution is not judged and is counted; if its process still runs it when it is looked at, the
/// file system is guarded from then on. Executions from file systems that cannot be guarded are counted too. Reactor thread only.
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
        bool isSafe;
        ProgramFile? program;
        try
        {
            string number = DeviceNumber.Format(device);
            isSafe = MountTable.ReadOf(pid).Exists(m => m.Device == number && MountTable.IsSafeFromOthers(m));
            // What the process runs by now may lie elsewhere, and the number may be another process'.
            program = ProgramFile.Open(pid);
            if (program?.Device != device)
            {
                program?.Dispose();
                program = null;
            }
        }
        catch (IOException)
        {
            (isSafe, program) = (false, null);
        }
        if (program is null) inbox.Post(() => _known.Remove(device));
        else inbox.Post(() => Guard(program, device, isSafe));
    }

    private void Guard(ProgramFile program, ulong device, bool isSafe)
    {
        using (program)
        {
            bool wasGuarded = _known.TryGetValue(device, out var known) && known.IsGuarded;
            bool isGuarded = isSafe && mounts.GuardFileSystemOf(program) == 0;
            _known[device] = known with { IsGuarded = isGuarded };
            if (isGuarded && !wasGuarded) Found++;
        }
    }

    private readonly record struct Device(long LookedAt, bool IsGuarded);
}
