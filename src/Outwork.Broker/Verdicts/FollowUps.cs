using Outwork.Contracts.Events;

namespace Outwork.Broker.Verdicts;

/// <summary>
/// One execution raises two events for the same file and process: exec, then open. This remembers the first, so that the
/// second needs no second judgement even when the verdict may not be cached. Each entry is used once. Reactor thread only.
/// </summary>
internal sealed class FollowUps
{
    private const int Size = 1024;
    private readonly Entry[] _entries = new Entry[Size];

    private struct Entry
    {
        public int Pid;
        public FileIdentity Identity;
        public ulong Epoch, DecisionId;
    }

    public void Expect(int pid, in FileIdentity identity, ulong epoch, ulong decisionId) =>
        _entries[pid & (Size - 1)] = new Entry { Pid = pid, Identity = identity, Epoch = epoch, DecisionId = decisionId };

    public bool TryConsume(int pid, in FileIdentity identity, ulong epoch)
    {
        ref var entry = ref _entries[pid & (Size - 1)];
        if (entry.Pid != pid || entry.Epoch != epoch || entry.Identity != identity) return false;
        entry = default;
        return true;
    }
}
