using Microsoft.Win32.SafeHandles;
using Outwork.BrokerHost.Reactor;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Supervision;

namespace Outwork.BrokerHost.Processes;

/// <summary>
/// Outwork's own processes, recognised by pidfd (R4): a pid alone could have been reused. The array is replaced as a whole,
/// so that any thread may look; a pidfd that was taken out is closed only after nobody can be looking.
/// </summary>
internal sealed class OwnProcesses(ProcessParentage parentage) : IProcessOwnership
{
    private sealed record Own(int Pid, SafeFileHandle Handle);

    private readonly Lock _gate = new();
    private Own[] _own = [];
    private int _warden;
    private volatile bool _spawning;

    /// <summary>The warden starts a process that it has not named yet: its root children are ours until <see cref="EndSpawn"/>.</summary>
    public void BeginSpawn() => _spawning = true;

    /// <summary>The process was named, or could not be started.</summary>
    public void EndSpawn() => _spawning = false;

    /// <summary>From now on this process is ours. Reactor thread only.</summary>
    public void Add(int pid, SafeFileHandle pidfd, bool isWarden)
    {
        if (isWarden) _warden = pid;
        _own = [.. _own.Where(o => o.Pid != pid), new Own(pid, pidfd)];
    }

    /// <summary>It has ended. Reactor thread only. Its handle is left to the finalizer, since another thread may be looking at it.</summary>
    public void Remove(int pid) => _own = [.. _own.Where(o => o.Pid != pid)];

    /// <inheritdoc/>
    public bool IsOwn(int pid)
    {
        foreach (var own in Volatile.Read(ref _own))
        {
            if (own.Pid == pid) return PidDescriptor.IsRunning(own.Handle);
        }
        if (!_spawning || _warden == 0) return false;
        lock (_gate) return parentage.IsRootChildOf(pid, _warden);
    }
}
