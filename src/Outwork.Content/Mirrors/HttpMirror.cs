using System.Net;
using Outwork.Trust.Workflow;

namespace Outwork.Content.Mirrors;

/// <summary>A repository on a web server.</summary>
/// <remarks>Thread-safe. No credentials are sent, no cookie is kept, nothing is decompressed.</remarks>
public sealed class HttpMirror : IMirror, IDisposable
{
    private const int MostRedirections = 5;

    private readonly string _metadata;
    private readonly string _files;
    private readonly MirrorOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    /// <param name="metadata">Address of the metadata; a slash at its end is not needed.</param>
    /// <param name="files">Address of the files.</param>
    /// <param name="options">Time-outs.</param>
    /// <param name="time">For the time-outs.</param>
    public HttpMirror(Uri metadata, Uri files, MirrorOptions options, TimeProvider time)
    {
        _metadata = WithSlash(metadata);
        _files = WithSlash(files);
        _options = options;
        _time = time;
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = options.Connect,
            MaxAutomaticRedirections = MostRedirections,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            // A proxy cannot know this machine's loopback.
            UseProxy = !metadata.IsLoopback,
        })
        {
            // Each transfer has its own.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <inheritdoc/>
    public async Task<TrustAnswer> ReadMetadataAsync(string file, long longestBytes, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        TrustAnswer answer = await CopyAsync(_metadata + file, longestBytes, bytes, cancellation);
        return answer.Kind == AnswerKind.Given ? TrustAnswer.Of(bytes.ToArray()) : answer;
    }

    /// <inheritdoc/>
    public Task<TrustAnswer> CopyFileAsync(string file, long longestBytes, Stream destination, CancellationToken cancellation) =>
        CopyAsync(_files + file, longestBytes, destination, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static string WithSlash(Uri address) => address.OriginalString.EndsWith('/') ? address.OriginalString : address.OriginalString + "/";

    private async Task<TrustAnswer> CopyAsync(string address, long longestBytes, Stream destination, CancellationToken cancellation)
    {
        // The names are encoded already, and what is encoded must stay so: "..%2Fx" is one segment.
        if (!Uri.TryCreate(address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out Uri? place))
            return new TrustAnswer(AnswerKind.Missing, Reason: "its name is longer than an address can be");
        using var request = new HttpRequestMessage(HttpMethod.Get, place);
        try
        {
            using HttpResponseMessage response = await SendAsync(request, cancellation);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.Gone)
                return TrustAnswer.Missing;
            if (response.StatusCode != HttpStatusCode.OK)
                return new TrustAnswer(AnswerKind.Unreachable, Reason: $"the server answered {(int)response.StatusCode}");
            if (response.Content.Headers.ContentLength > longestBytes)
                return new TrustAnswer(AnswerKind.TooLong, Reason: $"more than {longestBytes} bytes");
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
            return await BoundedCopy.RunAsync(body, destination, longestBytes, _options, _time, cancellation);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new TrustAnswer(AnswerKind.TooSlow, Reason: $"no answer within {_options.Idle.TotalSeconds:0} s");
        }
        catch (HttpRequestException failed)
        {
            return new TrustAnswer(AnswerKind.Unreachable, Reason: failed.Message);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var timeOut = new CancellationTokenSource(_options.Idle, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeOut.Token);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
    }
}
