using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Outwork.Agent.Tests.Support;

/// <summary>An OTLP collector that keeps what it is sent.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();
    private readonly Task _serving;

    public Collector()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }

        _listener.Prefixes.Add(Endpoint.AbsoluteUri);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Endpoint { get; }

    public int StatusCode { get; init; } = 200;

    /// <summary>Answers nothing until it is set.</summary>
    public TaskCompletionSource? Hold { get; init; }

    public IEnumerable<byte[]> Raw(string path) => _received.Where(request => request.Path == path).Select(request => request.Body);

    /// <summary>Texts are UTF-8 within protobuf, so they can be found without a schema.</summary>
    public IEnumerable<string> Bodies(string path) => Raw(path).Select(Encoding.UTF8.GetString);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _received.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
                if (Hold is { } hold)
                    await hold.Task;
                context.Response.StatusCode = StatusCode;
                context.Response.Close();
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
