namespace Outwork.Agent.Policy;

/// <summary>What came of bringing the first usable policy into force.</summary>
internal enum PolicyStart
{
    /// <summary>One is in force.</summary>
    InForce,

    /// <summary>The broker has ended or does not answer: the same policy is to be given to it, or to the next one, again.</summary>
    BrokerUnavailable,

    /// <summary>Every policy has faults, cannot be read, or is refused.</summary>
    NoneUsable,
}
