using System.Net.Sockets;
using Outwork.Contracts.Control;
using Outwork.Platform.Linux.LocalSockets;

namespace Outwork.Agent.Control;

/// <summary>Accepts peers on the control socket and sends those away that may not use it, or are too many.</summary>
internal sealed class ControlServer(
    Socket listener, PeerAuthorization authorization, ControlRequests requests, WatchHub watchers, ControlServerOptions options, AgentCounters counters)
    : IDisposable
{
    private readonly SemaphoreSlim _longRequests = new(1, 1);
    private readonly ConnectionLedger _ledger = new(options.MaximumConnections, options.MaximumConnectionsPerUser);

    /// <summary>Serves until the token is cancelled. Does not throw for anything that a peer does.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            Socket connection;
            try
            {
                connection = await listener.AcceptAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // The peer gave up before it was accepted, or descriptors are exhausted for the moment.
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            _ = ServeAsync(connection, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        listener.Dispose();
        _longRequests.Dispose();
    }

    private async Task ServeAsync(Socket connection, CancellationToken cancellation)
    {
        using var stream = new NetworkStream(connection, ownsSocket: true);
        try
        {
            PeerCredentials peer = PeerCredentials.Of(connection);
            if (!authorization.Allows(peer))
            {
                counters.Add(AgentCounter.ControlForbidden);
                await RefuseAsync(stream, ControlCodes.Forbidden, $"Only root and members of the group {PeerAuthorization.Group} may ask.", cancellation);
                return;
            }

            if (!_ledger.TryEnter(peer.UserId))
            {
                counters.Add(AgentCounter.ControlBusy);
                await RefuseAsync(stream, ControlCodes.Busy, "Too many connections; close some, for example other watches.", cancellation);
                return;
            }

            try
            {
                using var session = new ControlSession(stream, requests, watchers, _longRequests, options, counters);
                await session.RunAsync(cancellation);
            }
            finally
            {
                _ledger.Leave(peer.UserId);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer hung up, was too slow, or we end: nobody is left to tell.
        }
    }

    private async Task RefuseAsync(NetworkStream stream, string code, string error, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.WriteTimeout);
        await ControlLines.WriteAsync(stream, new ControlResponse { Ok = false, Code = code, Error = error }, limit.Token);
        // A peer that has written before it was refused would see a reset instead of the reason.
        stream.Socket.Shutdown(SocketShutdown.Send);
        byte[] unread = new byte[4096];
        limit.CancelAfter(TimeSpan.FromSeconds(1));
        while (await stream.ReadAsync(unread, limit.Token) > 0)
        {
        }
    }
}
