using System.Net;

namespace Outwork.EndToEnd.Tests;

/// <summary>A web server on the loopback for a published repository: plain files, with an ETag for each.</summary>
internal sealed class ContentServer : IDisposable
{
    private static int s_lastPort = 20_000 + (Environment.ProcessId % 20_000);

    private readonly HttpListener _listener = new();
    private readonly string _folder;
    private readonly Task _serving;
    private int _notModified;

    public ContentServer(string folder)
    {
        _folder = folder;
        int port = Interlocked.Increment(ref s_lastPort);
        Address = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public string Address { get; }

    /// <summary>How often a client was told that nothing had changed.</summary>
    public int NotModified => Volatile.Read(ref _notModified);

    public void Dispose()
    {
        _listener.Close();
        _serving.GetAwaiter().GetResult();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                Answer(await _listener.GetContextAsync());
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                if (!_listener.IsListening)
                    return;
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        using HttpListenerResponse response = context.Response;
        string path = Path.Join(_folder, Uri.UnescapeDataString(context.Request.Url!.AbsolutePath));
        if (!File.Exists(path))
        {
            response.StatusCode = 404;
            return;
        }

        byte[] bytes = File.ReadAllBytes(path);
        string tag = $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))}\"";
        response.Headers["ETag"] = tag;
        if (context.Request.Headers["If-None-Match"] == tag)
        {
            Interlocked.Increment(ref _notModified);
            response.StatusCode = 304;
            return;
        }

        response.ContentLength64 = bytes.Length;
        response.OutputStream.Write(bytes);
    }
}
