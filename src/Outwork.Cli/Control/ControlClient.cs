using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Outwork.Contracts.Control;
using Outwork.Platform.Linux.LocalSockets;

namespace Outwork.Cli.Control;

/// <summary>
/// Speaks the control protocol with the agent. Whatever goes wrong is a <see cref="ControlResponse"/> that is not ok, with one of
/// <see cref="ClientCodes"/> when it is this side that says so. Each call makes its own connection; safe to call from any thread.
/// </summary>
/// <param name="socketPath">The agent's socket.</param>
/// <param name="time">Clock of the answer's time limit.</param>
/// <param name="trustedUser">User that must have made the socket listen; root but in tests.</param>
internal sealed class ControlClient(string socketPath, TimeProvider time, uint trustedUser = 0)
{
    /// <summary>How long an answer may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>One request, one response within <see cref="Patience"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<ControlResponse> SendAsync(ControlRequest request, CancellationToken cancellation) => SendAsync(request, Patience, cancellation);

    /// <summary>One request, one response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="patience">How long the answer may take; <see cref="Timeout.InfiniteTimeSpan"/> for work that takes as long as it takes.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<ControlResponse> SendAsync(ControlRequest request, TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            (ControlConnection? connection, ControlResponse? refusal) = await OpenAsync(request, either.Token);
            if (connection is null)
                return refusal!;
            using (connection)
                return await connection.ReceiveAsync(either.Token) ?? Ended();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Refusal(ClientCodes.Unreachable, $"Outwork's agent did not answer within {patience.TotalSeconds:0} s on {socketPath}. " +
                "Judging goes on without it. Look at it: ps -C outwork-agent u. If it hangs, end it, and the warden starts it again: sudo pkill -KILL -x outwork-agent");
        }
        catch (Exception broken) when (broken is IOException or JsonException)
        {
            return Refusal(ClientCodes.Unreachable, $"Outwork's answer on {socketPath} could not be read: {broken.Message}");
        }
    }

    /// <summary>
    /// The stream of a watch: first the agent's response, then a response for each event. The last is not ok when it is Outwork that
    /// ended the stream.
    /// </summary>
    /// <param name="all">All events, not only decisions.</param>
    /// <param name="cancellation">Ends the stream.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async IAsyncEnumerable<ControlResponse> WatchAsync(bool all, [EnumeratorCancellation] CancellationToken cancellation)
    {
        (ControlConnection? connection, ControlResponse? refusal) = await OpenAsync(
            new ControlRequest { Operation = ControlOperations.Watch, All = all }, cancellation);
        if (connection is null)
        {
            yield return refusal!;
            yield break;
        }

        using (connection)
        {
            while (true)
            {
                ControlResponse response;
                try
                {
                    response = await connection.ReceiveAsync(cancellation) ?? Ended();
                }
                catch (Exception broken) when (broken is IOException or JsonException)
                {
                    response = Refusal(ClientCodes.Unreachable, $"The stream of events broke: {broken.Message}");
                }

                yield return response;
                if (!response.Ok)
                    yield break;
            }
        }
    }

    private async Task<(ControlConnection? Connection, ControlResponse? Refusal)> OpenAsync(ControlRequest request, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation);
        }
        catch (SocketException failed)
        {
            socket.Dispose();
            return (null, Explain(failed));
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }

        // The process that called listen(2): the kernel recorded its user then, so it holds though the agent, which accepts, has another.
        uint listener = PeerCredentials.Of(socket).UserId;
        if (listener != trustedUser)
        {
            socket.Dispose();
            return (null, Refusal(
                ClientCodes.Untrusted,
                $"{socketPath} belongs to a process of user {listener}, not to Outwork, which runs as user {trustedUser}. Nothing was sent to it."));
        }

        var connection = new ControlConnection(socket);
        try
        {
            await connection.SendAsync(request, cancellation);
        }
        catch (IOException)
        {
            // The agent refuses a peer before it reads anything: what it says is still to be read.
        }

        return (connection, null);
    }

    private ControlResponse Explain(SocketException failed) => failed.SocketErrorCode switch
    {
        SocketError.AccessDenied => Refusal(
            ControlCodes.Forbidden, $"You may not talk to Outwork ({socketPath}). It takes root or a member of the group outwork: use sudo."),
        SocketError.ConnectionRefused => Refusal(ClientCodes.NotRunning, NotRunning),
        _ when !File.Exists(socketPath) => Refusal(ClientCodes.NotRunning, NotRunning),
        _ => Refusal(ClientCodes.Unreachable, $"{socketPath} cannot be reached: {failed.Message}."),
    };

    private string NotRunning => socketPath == ControlLimits.DefaultSocketPath
        ? "Outwork is not running here. Start it with: ./outwork up"
        : $"Outwork is not running here: nothing listens on {socketPath}. Start it with: ./outwork up";

    private ControlResponse Ended() => Refusal(ClientCodes.Unreachable, $"Outwork closed the connection ({socketPath}); it may have stopped.");

    private static ControlResponse Refusal(string code, string error) => new() { Ok = false, Code = code, Error = error };
}
