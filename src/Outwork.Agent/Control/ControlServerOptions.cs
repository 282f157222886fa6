using Outwork.Contracts.Control;

namespace Outwork.Agent.Control;

/// <summary>Bounds of what the peers of the control socket can make the agent hold.</summary>
internal sealed record ControlServerOptions
{
    /// <summary>Connections at a time.</summary>
    public int MaximumConnections { get; init; } = 64;

    /// <summary>Connections at a time of one user.</summary>
    public int MaximumConnectionsPerUser { get; init; } = 32;

    /// <summary>Longest request, bytes.</summary>
    public int MaximumRequest { get; init; } = ControlLimits.MaximumLine;

    /// <summary>Requests longer than this, bytes, are taken one at a time: only a policy is as long.</summary>
    public int OrdinaryRequest { get; init; } = 64 * 1024;

    /// <summary>Time for a whole request to arrive, and between two of them.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for a response to be taken.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Events that wait for one watcher at most.</summary>
    public int WatchQueueEvents { get; init; } = 1024;

    /// <summary>Bytes that wait for one watcher at most.</summary>
    public int WatchQueueBytes { get; init; } = 2 * 1024 * 1024;
}
