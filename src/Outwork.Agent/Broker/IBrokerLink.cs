using Outwork.Contracts.Control;

namespace Outwork.Agent.Broker;

/// <summary>Asks the broker. Any thread.</summary>
internal interface IBrokerLink
{
    /// <summary>Sends a request and waits for its response; a broker that is gone or silent is a response too.</summary>
    Task<ControlResponse> SendAsync(ControlRequest request, CancellationToken cancellation);
}
