using System.Net.Sockets;
using System.Text.Json;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Control;

/// <summary>One peer: requests one after the other, or a watch until it hangs up.</summary>
internal sealed class ControlSession(
    NetworkStream stream,
    ControlRequests requests,
    WatchHub watchers,
    SemaphoreSlim longRequests,
    ControlServerOptions options,
    AgentCounters counters) : IDisposable
{
    private readonly ControlLineReader _reader = new(stream, options.OrdinaryRequest);

    /// <summary>Serves the peer until it hangs up or is too slow.</summary>
    /// <exception cref="IOException">The connection failed.</exception>
    /// <exception cref="OperationCanceledException">The peer was too slow, or the agent ends.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (await ServeNextAsync(cancellation))
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    /// <summary>Serves one request; false when it was the last.</summary>
    private async Task<bool> ServeNextAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource idle = Limit(options.IdleTimeout, cancellation);
        ControlLineStatus status = await _reader.ReadAsync(idle.Token);
        if (status != ControlLineStatus.TooLong)
            return status == ControlLineStatus.Line && await AnswerAsync(cancellation);

        await longRequests.WaitAsync(idle.Token);
        try
        {
            _reader.MaximumLength = options.MaximumRequest;
            status = await _reader.ReadAsync(idle.Token);
            _reader.MaximumLength = options.OrdinaryRequest;
            if (status != ControlLineStatus.TooLong)
                return status == ControlLineStatus.Line && await AnswerAsync(cancellation);
            counters.Add(AgentCounter.ControlRequests);
            await RefuseAsync($"The request is longer than {options.MaximumRequest} bytes.", cancellation);
            return false;
        }
        finally
        {
            longRequests.Release();
        }
    }

    /// <summary>Answers the line that was read; false when nothing may follow.</summary>
    private async Task<bool> AnswerAsync(CancellationToken cancellation)
    {
        counters.Add(AgentCounter.ControlRequests);
        if (Parse(_reader.Line.Span) is not { } request)
        {
            await RefuseAsync("The request is no JSON object with an operation.", cancellation);
            return false;
        }

        if (request.Operation == ControlOperations.Watch)
        {
            await WatchAsync(request.All, cancellation);
            return false;
        }

        await SendAsync(await requests.HandleAsync(request, cancellation), cancellation);
        return true;
    }

    private static ControlRequest? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ControlJsonContext.Default.ControlRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static CancellationTokenSource Limit(TimeSpan time, CancellationToken cancellation)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(time);
        return limit;
    }

    private async Task RefuseAsync(string error, CancellationToken cancellation)
    {
        counters.Add(AgentCounter.ControlMalformed);
        await SendAsync(new ControlResponse { Ok = false, Code = ControlCodes.BadRequest, Error = error }, cancellation);
    }

    private async Task SendAsync(ControlResponse response, CancellationToken cancellation)
    {
        using var limit = Limit(options.WriteTimeout, cancellation);
        await ControlLines.WriteAsync(stream, response, limit.Token);
    }

    private async Task WatchAsync(bool all, CancellationToken cancellation)
    {
        WatchSubscription subscription = watchers.Subscribe(all);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task hangUp = EndAtHangUpAsync(ended);
        try
        {
            // Subscribed first: whatever happens after this line is seen by the peer.
            await SendAsync(new ControlResponse { Ok = true }, ended.Token);
            var batch = new MemoryStream();
            while (true)
            {
                await subscription.TakeAsync(batch, ended.Token);
                using (var limit = Limit(options.WriteTimeout, ended.Token))
                    await stream.WriteAsync(batch.GetBuffer().AsMemory(0, (int)batch.Length), limit.Token);
                batch.SetLength(0);
            }
        }
        finally
        {
            watchers.Unsubscribe(subscription);
            await ended.CancelAsync();
            await hangUp;
        }
    }

    /// <summary>A watcher says nothing more: whatever it writes is dropped, and its hang-up ends the watch.</summary>
    private async Task EndAtHangUpAsync(CancellationTokenSource ended)
    {
        byte[] ignored = new byte[256];
        try
        {
            while (await stream.ReadAsync(ignored, ended.Token) > 0)
            {
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // As good as a hang-up.
        }

        await ended.CancelAsync();
    }
}
