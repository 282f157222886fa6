namespace Outwork.Agent;

/// <summary>Exit codes of outwork-agent. The values are frozen.</summary>
internal enum AgentExit
{
    /// <summary>Told to stop.</summary>
    Stopped = 0,

    /// <summary>The broker or the warden is gone.</summary>
    BrokerLost = 1,

    /// <summary>Arguments, environment or descriptors are wrong.</summary>
    Usage = 2,
}
