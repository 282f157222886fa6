using Outwork.Contracts.Control;

namespace Outwork.Agent.Broker;

/// <summary>The link with whichever broker there is now. Any thread may send; one begins and ends.</summary>
/// <param name="timeout">How long a broker may take for one request.</param>
/// <param name="time">Tells how long a broker has been gone.</param>
internal sealed class RenewableBrokerLink(TimeSpan timeout, TimeProvider time) : IBrokerLink, IDisposable
{
    private volatile BrokerLink? _link;
    private CancellationTokenSource? _ending;

    /// <summary>Begins to talk with a broker. The task completes when it has gone, and fails when it cannot be understood. The former one must have ended.</summary>
    /// <param name="stream">Owned by the link from here on.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task Begin(Stream stream, CancellationToken cancellation)
    {
        _ending?.Dispose();
        _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var link = new BrokerLink(stream, timeout, time);
        _link = link;
        return link.RunAsync(_ending.Token);
    }

    /// <summary>Ends the talk with the present broker, if it has not ended yet.</summary>
    public void End()
    {
        _ending?.Cancel();
        _link?.Dispose();
    }

    /// <inheritdoc/>
    public Task<ControlResponse> SendAsync(ControlRequest request, CancellationToken cancellation) =>
        (_link ?? throw new InvalidOperationException("no broker was ever there")).SendAsync(request, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _ending?.Dispose();
        _ending = null;
    }
}
