using Microsoft.Win32.SafeHandles;
using Outwork.BrokerHost.Reactor;

namespace Outwork.BrokerHost.Mounts;

/// <summary>
/// Follows the mount table: /proc/self/mountinfo polls as changed after each mount and unmount (proc_pid_mountinfo(5)). It is read
/// on a thread of its own, since that opens a file and a storm of mounts would hold the reactor.
/// </summary>
internal sealed class MountWatch(SafeFileHandle mountInfo, GuardedMounts guarded, ReactorInbox inbox, ReactorFaults faults, Action<MountReading> read)
{
    private readonly SafeFileHandle _mountInfo = mountInfo;
    private readonly MountPoints _points = new(guarded.GuardFileSystemOf, TimeSpan.FromSeconds(2));
    private readonly Lock _order = new();
    private int _reading;

    /// <summary>For epoll, for exceptional conditions.</summary>
    public int Descriptor => (int)_mountInfo.DangerousGetHandle();

    /// <summary>Opens the mount table; call before guarding.</summary>
    /// <param name="guarded">Says what is to be guarded.</param>
    /// <param name="inbox">The reactor's.</param>
    /// <param name="faults">Counts what goes wrong.</param>
    /// <param name="read">Called on the reactor with each reading.</param>
    public static MountWatch Open(GuardedMounts guarded, ReactorInbox inbox, ReactorFaults faults, Action<MountReading> read)
    {
        var watch = new MountWatch(File.OpenHandle("/proc/self/mountinfo"), guarded, inbox, faults, read);
        watch._points.CameBack = watch.ReadSoon;
        return watch;
    }

    /// <summary>Has the table read soon; requests while it is read are one.</summary>
    public void ReadSoon()
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0) return;
        ThreadPool.QueueUserWorkItem(_ => faults.Contain(Read));
    }

    private void Read()
    {
        Volatile.Write(ref _reading, 0);
        // One at a time, so that an older table never comes after a newer one.
        lock (_order)
        {
            var reading = MountReading.Take(guarded, _points);
            inbox.Post(() => read(reading));
        }
    }
}
