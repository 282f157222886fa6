using Outwork.Agent.Events;

namespace Outwork.Agent.Broker;

/// <summary>The two connections with one broker.</summary>
/// <param name="Control">Stream of requests.</param>
/// <param name="OpenFeed">Connects to its events; called once, after the policy is in force.</param>
internal sealed record BrokerSession(Stream Control, Func<IEventFeed> OpenFeed);

/// <summary>Where the connections with the next broker come from, when one has gone.</summary>
internal interface IBrokerRenewal
{
    /// <summary>Waits for the next broker; null when there will be none. Blocks.</summary>
    BrokerSession? Wait();

    /// <summary>Makes <see cref="Wait"/> return null, now and later. Any thread.</summary>
    void Close();
}
