using System.Text.Json;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Broker;

/// <summary>
/// The request line to the broker: one JSON object a line each way, answered in order. Requests may be under way together; a
/// response that comes after its request was given up is dropped in its turn.
/// </summary>
/// <param name="stream">Owned by the link.</param>
/// <param name="timeout">How long the broker may take for one request.</param>
/// <param name="time">Tells how long the broker has been gone.</param>
internal sealed class BrokerLink(Stream stream, TimeSpan timeout, TimeProvider time) : IBrokerLink, IDisposable
{
    // A broker that ended is there again within 5 s at the latest, unless it has ended too often.
    private static readonly TimeSpan UsualAbsence = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Queue<TaskCompletionSource<ControlResponse>> _waiting = new();
    private bool _closed;
    private long _closedAt;

    /// <summary>Reads responses until the broker hangs up or the token is cancelled. Call once.</summary>
    /// <exception cref="InvalidDataException">
    /// The broker sent more than can be read: nothing that follows can be understood, although it has not gone.
    /// </exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var reader = new ControlLineReader(stream, ControlLimits.MaximumLine);
        ControlLineStatus status = ControlLineStatus.Ended;
        try
        {
            while ((status = await reader.ReadAsync(cancellation)) == ControlLineStatus.Line)
            {
                ControlResponse response = Parse(reader.Line.Span);
                TaskCompletionSource<ControlResponse>? next;
                lock (_waiting)
                    _waiting.TryDequeue(out next);
                next?.TrySetResult(response);
            }
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The broker is gone, or we end: the same for whoever waits.
        }

        lock (_waiting)
        {
            (_closed, _closedAt) = (true, time.GetTimestamp());
            while (_waiting.TryDequeue(out TaskCompletionSource<ControlResponse>? next))
                next.TrySetResult(Ended());
        }

        if (status == ControlLineStatus.TooLong)
            throw new InvalidDataException($"The broker sent a line of more than {reader.MaximumLength} bytes.");
    }

    /// <inheritdoc/>
    public async Task<ControlResponse> SendAsync(ControlRequest request, CancellationToken cancellation)
    {
        var response = new TaskCompletionSource<ControlResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await SendLineAsync(request, response);
            return await response.Task.WaitAsync(timeout, cancellation);
        }
        catch (TimeoutException)
        {
            return Unavailable($"The broker did not answer within {timeout.TotalSeconds:0} s.");
        }
        catch (Exception lost) when (lost is IOException or ObjectDisposedException)
        {
            return Ended();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stream.Dispose();
        _writing.Dispose();
    }

    private ControlResponse Ended()
    {
        lock (_waiting)
        {
            return _closed && time.GetElapsedTime(_closedAt) >= UsualAbsence
                ? Refusal("Protection is OFF: nothing is judged and everything runs. The broker has ended too often; after five times within a minute " +
                    "the warden waits for 1 to 15 min before it starts it again. What it wrote says why: the output of outwork up, journalctl -u outwork, or /var/lib/outwork/log/outwork.log")
                : Unavailable("The broker has ended, and nothing is judged until there is another.");
        }
    }

    private static ControlResponse Unavailable(string error) => Refusal($"{error} The warden starts it again; try again in a few seconds.");

    private static ControlResponse Refusal(string error) => new() { Ok = false, Code = ControlCodes.BrokerUnavailable, Error = error };

    private static ControlResponse Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ControlJsonContext.Default.ControlResponse)
                ?? Unavailable("The broker answered with nothing.");
        }
        catch (JsonException fault)
        {
            return Unavailable($"The broker's answer is not understood ({fault.Message}).");
        }
    }

    private async Task SendLineAsync(ControlRequest request, TaskCompletionSource<ControlResponse> response)
    {
        await _writing.WaitAsync();
        try
        {
            lock (_waiting)
            {
                if (_closed)
                    throw new IOException("the broker has ended");
                _waiting.Enqueue(response);
            }

            // Not the caller's token: half a line would spoil the link for everybody.
            await ControlLines.WriteAsync(stream, request, CancellationToken.None);
        }
        finally
        {
            _writing.Release();
        }
    }
}
