namespace Outwork.Agent.Telemetry;

/// <summary>Counts the exporter's requests: it tells nobody itself when a collector refuses or is gone.</summary>
internal sealed class OtlpRequestCount : DelegatingHandler
{
    private readonly AgentCounters _counters;

    /// <summary>Counts what goes through.</summary>
    public OtlpRequestCount(AgentCounters counters)
        : base(new SocketsHttpHandler()) => _counters = counters;

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _counters.Add(AgentCounter.OtlpRequests);
        try
        {
            return Count(base.Send(request, cancellationToken));
        }
        catch
        {
            _counters.Add(AgentCounter.OtlpFailures);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _counters.Add(AgentCounter.OtlpRequests);
        try
        {
            return Count(await base.SendAsync(request, cancellationToken));
        }
        catch
        {
            _counters.Add(AgentCounter.OtlpFailures);
            throw;
        }
    }

    private HttpResponseMessage Count(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
            _counters.Add(AgentCounter.OtlpFailures);
        return response;
    }
}
