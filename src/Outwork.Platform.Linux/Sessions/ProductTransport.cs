using Outwork.Broker.Sessions;
using Outwork.Contracts.Events;

namespace Outwork.Platform.Linux.Sessions;

/// <summary>A session's endpoint as the engine sees it. Reactor thread only.</summary>
public sealed class ProductTransport(BrokerSessionEndpoint endpoint) : ISessionTransport
{
    /// <inheritdoc/>
    public ulong Lost => endpoint.Lost;

    /// <inheritdoc/>
    public AskOutcome Ask(AuthQuestion question, int handle) => endpoint.Ask(question, handle) switch
    {
        AskResult.Asked => AskOutcome.Asked,
        AskResult.QueueFull => AskOutcome.QueueFull,
        _ => AskOutcome.Disconnected,
    };

    /// <inheritdoc/>
    public bool HasAmpleRoom => endpoint.HasAmpleRoom;

    /// <inheritdoc/>
    public bool Deliver(ReadOnlySpan<byte> frame) => endpoint.Deliver(frame);

    /// <inheritdoc/>
    public void CountLost(ulong events) => endpoint.CountLost(events);

    /// <inheritdoc/>
    public void TellGap() => endpoint.TellGap("the session's ring was full");

    /// <inheritdoc/>
    public void Wake() => endpoint.WakeIfSleeping();
}
