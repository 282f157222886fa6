using System.Net;
using System.Net.Http.Headers;
using Outwork.Trust.Metadata;
using Outwork.Trust.Workflow;

namespace Outwork.Content.Mirrors;

/// <summary>
/// A web server that is asked again and again: the timestamp comes only when it is another than the last time. When the server says that it is
/// not, the bytes that are kept stand in for its answer and are verified as if they had come: a server cannot keep a device on old metadata longer that way.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class ConditionalMirror : IMirror, IDisposable
{
    private static readonly string TimestampFile = RoleName.FileOf(RoleName.Timestamp);

    private readonly HttpMirror _server;
    private readonly Uri _timestamp;
    private readonly MetadataFolder _kept;
    private readonly MirrorOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;
    private EntityTagHeaderValue? _tag;
    private byte[] _tagged = [];

    /// <param name="metadata">Address of the metadata.</param>
    /// <param name="files">Address of the files.</param>
    /// <param name="kept">What is trusted already.</param>
    /// <param name="options">Time-outs.</param>
    /// <param name="time">For the time-outs.</param>
    public ConditionalMirror(Uri metadata, Uri files, MetadataFolder kept, MirrorOptions options, TimeProvider time)
    {
        _server = new HttpMirror(metadata, files, options, time);
        _timestamp = new Uri(metadata.OriginalString.TrimEnd('/') + "/" + TimestampFile);
        _kept = kept;
        _options = options;
        _time = time;
        _client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = options.Connect, UseCookies = false, AllowAutoRedirect = false, UseProxy = !metadata.IsLoopback })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>How often the server said that nothing has changed.</summary>
    public long Unchanged { get; private set; }

    /// <inheritdoc/>
    public async Task<TrustAnswer> ReadMetadataAsync(string file, long longestBytes, CancellationToken cancellation)
    {
        if (file != TimestampFile)
            return await _server.ReadMetadataAsync(file, longestBytes, cancellation);
        ReadOnlyMemory<byte>? kept = _kept.Read(RoleName.Timestamp);
        // What was answered with the tag may have been refused: then nothing that is kept stands for it.
        EntityTagHeaderValue? before = kept is { } bytesKept && bytesKept.Span.SequenceEqual(_tagged) ? _tag : null;
        _tag = null;
        if (await AskAsync(before, cancellation) is not { } answer)
            return await _server.ReadMetadataAsync(file, longestBytes, cancellation);
        using HttpResponseMessage response = answer;
        if (response.StatusCode == HttpStatusCode.NotModified && before is not null)
        {
            Unchanged++;
            _tag = before;
            return TrustAnswer.Of(kept!.Value);
        }

        if (response.StatusCode != HttpStatusCode.OK)
            return await _server.ReadMetadataAsync(file, longestBytes, cancellation);
        using var bytes = new MemoryStream();
        TrustAnswer copied = await CopyAsync(response, longestBytes, bytes, cancellation);
        if (copied.Kind != AnswerKind.Given)
            return copied;
        (_tag, _tagged) = (response.Headers.ETag, bytes.ToArray());
        return TrustAnswer.Of(_tagged);
    }

    /// <inheritdoc/>
    public Task<TrustAnswer> CopyFileAsync(string file, long longestBytes, Stream destination, CancellationToken cancellation) =>
        _server.CopyFileAsync(file, longestBytes, destination, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    // Null for whatever is no answer: the ordinary way then says what is wrong.
    private async Task<HttpResponseMessage?> AskAsync(EntityTagHeaderValue? tag, CancellationToken cancellation)
    {
        using var timeOut = new CancellationTokenSource(_options.Idle, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeOut.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, _timestamp);
        if (tag is not null)
            request.Headers.IfNoneMatch.Add(tag);
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task<TrustAnswer> CopyAsync(HttpResponseMessage response, long longestBytes, MemoryStream bytes, CancellationToken cancellation)
    {
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
            return await BoundedCopy.RunAsync(body, bytes, longestBytes, _options, _time, cancellation);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return new TrustAnswer(AnswerKind.Unreachable, Reason: failed.Message);
        }
    }
}
