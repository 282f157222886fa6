using Outwork.Contracts.Events;

namespace Outwork.Broker.Processes;

/// <summary>What the engine asks about processes. Reactor thread only; no member waits.</summary>
public interface IProcessDirectory
{
    /// <summary>True when the pid is one of Outwork's own running processes.</summary>
    bool IsOwn(int pid);

    /// <summary>What is known of a running process, as of its last event; null when it was never seen.</summary>
    ProcessInfo? Find(int pid);

    /// <summary>Its real user id at this moment; false when it is gone.</summary>
    bool TryGetUser(int pid, out uint userId);
}
