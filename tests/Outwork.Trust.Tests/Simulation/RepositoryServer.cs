using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Outwork.Trust.Tests.Simulation;

/// <summary>A web server on loopback that takes paths as they come: nothing is decoded, joined or cleaned on the way.</summary>
internal sealed class RepositoryServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, byte[]?> _get;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;

    /// <param name="get">Gives the bytes of a path without its leading slash; null for 404. What it throws closes the connection.</param>
    public RepositoryServer(Func<string, byte[]?> get)
    {
        _get = get;
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

    /// <summary>Sends this before the body's bytes, instead of the true length.</summary>
    public long? PretendedLength { get; set; }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        _serving.GetAwaiter().GetResult();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(AnswerAsync(await _listener.AcceptSocketAsync(_end.Token)));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                string path = await ReadPathAsync(socket);
                byte[]? body = _get(path);
                string head = body is null
                    ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    : $"HTTP/1.1 200 OK\r\nContent-Length: {PretendedLength ?? body.Length}\r\nConnection: close\r\n\r\n";
                await socket.SendAsync(Encoding.ASCII.GetBytes(head), _end.Token);
                await socket.SendAsync(body ?? [], _end.Token);
            }
            catch (Exception closed) when (closed is OperationCanceledException or SocketException or IOException)
            {
                // The client went away, or the test makes the server fail.
            }
        }
    }

    private async Task<string> ReadPathAsync(Socket socket)
    {
        var head = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await socket.ReceiveAsync(buffer, _end.Token);
            if (read == 0)
                throw new IOException("The client closed the connection.");
            head.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return head.ToString().Split(' ')[1].TrimStart('/');
    }
}
