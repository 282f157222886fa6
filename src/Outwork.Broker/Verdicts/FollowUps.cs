using Outwork.Contracts.Events;

namespace Outwork.Broker.Verdicts;

/// <summary>
/// One execution raises two events for the same file and process: exec, then open. This remembers the first, so that the
/// second needs no second judgement even when the verdict may not be cached. Each entry is used once, and soon: the open comes
/// as soon as the process runs again. Reactor thread only.
/// </summary>
/// <param name="lifetime">How long an entry holds, in units of <see cref="TimeProvider.GetTimestamp"/>.</param>
internal sealed class FollowUps(long lifetime)
{
    private const int Size = 1024;
    private readonly Entry[] _entries = new Entry[Size];

    private struct Entry
    {
        public int Pid;
        public FileIdentity Identity;
        public ulong Epoch;
        public long Until;
    }

    public void Expect(int pid, in FileIdentity identity, ulong epoch, long answeredAt) =>
        _entries[pid & (Size - 1)] = new Entry { Pid = pid, Identity = identity, Epoch = epoch, Until = answeredAt + lifetime };

    public bool TryConsume(int pid, in FileIdentity identity, ulong epoch, long now)
    {
        ref var entry = ref _entries[pid & (Size - 1)];
        if (entry.Pid != pid || entry.Epoch != epoch || entry.Until < now || entry.Identity != identity) return false;
        entry = default;
        return true;
    }
}
