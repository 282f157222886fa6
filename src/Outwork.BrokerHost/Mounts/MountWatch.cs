using Microsoft.Win32.SafeHandles;
using Outwork.BrokerHost.Reactor;
using Outwork.Platform.Linux.Mounts;

namespace Outwork.BrokerHost.Mounts;

/// <summary>
/// Follows the mount table: /proc/self/mountinfo polls as changed after each mount and unmount (proc_pid_mountinfo(5)). It is read
/// on a thread of its own, since that opens a file and a storm of mounts would hold the reactor.
/// </summary>
internal sealed class MountWatch(SafeFileHandle mountInfo, ReactorInbox inbox, ReactorFaults faults, Action<IReadOnlyList<Mount>> read)
{
    private readonly SafeFileHandle _mountInfo = mountInfo;
    private readonly Lock _order = new();
    private int _reading;

    /// <summary>For epoll, for exceptional conditions.</summary>
    public int Descriptor => (int)_mountInfo.DangerousGetHandle();

    /// <summary>Opens the mount table; call before guarding.</summary>
    public static MountWatch Open(ReactorInbox inbox, ReactorFaults faults, Action<IReadOnlyList<Mount>> read) =>
        new(File.OpenHandle("/proc/self/mountinfo"), inbox, faults, read);

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
            var mounts = MountTable.Read();
            inbox.Post(() => read(mounts));
        }
    }
}
