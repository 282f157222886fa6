using Outwork.Trust.Workflow;

namespace Outwork.Content.Mirrors;

/// <summary>A repository in a folder: an offline bundle, a stick, a network drive.</summary>
/// <remarks>
/// Thread-safe. A name that would lead out of the folder is no name of a file there. What does not open or answer, a pipe or a network drive that is
/// gone, holds a thread as long as it lasts, and no more than one.
/// </remarks>
/// <param name="metadata">Folder of the metadata.</param>
/// <param name="files">Folder of the files.</param>
/// <param name="options">Time-outs.</param>
/// <param name="time">For the time-outs.</param>
public sealed class FolderMirror(string metadata, string files, MirrorOptions options, TimeProvider time) : IMirror
{
    private static readonly FileStreamOptions Reading = new() { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 0 };

    // What did not open in time.
    private volatile Task<FileStream>? _held;

    /// <inheritdoc/>
    public async Task<TrustAnswer> ReadMetadataAsync(string file, long longestBytes, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        TrustAnswer answer = await CopyAsync(metadata, file, longestBytes, bytes, cancellation);
        return answer.Kind == AnswerKind.Given ? TrustAnswer.Of(bytes.ToArray()) : answer;
    }

    /// <inheritdoc/>
    public Task<TrustAnswer> CopyFileAsync(string file, long longestBytes, Stream destination, CancellationToken cancellation) =>
        CopyAsync(files, file, longestBytes, destination, cancellation);

    private async Task<TrustAnswer> CopyAsync(string folder, string file, long longestBytes, Stream destination, CancellationToken cancellation)
    {
        string[] segments = [.. file.Split('/').Select(Uri.UnescapeDataString)];
        if (segments.Any(static segment => segment is "" or "." or ".." || segment.AsSpan().IndexOfAny('/', '\\', '\0') >= 0))
            return TrustAnswer.Missing;
        if (_held is { IsCompleted: false })
            return new TrustAnswer(AnswerKind.TooSlow, Reason: $"{folder} does not answer since an earlier attempt");
        string path = Path.Join([folder, .. segments]);
        Task<FileStream> opening = Task.Run(() => new FileStream(path, Reading), CancellationToken.None);
        FileStream source;
        try
        {
            source = await opening.WaitAsync(options.Connect, time, cancellation);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return new TrustAnswer(AnswerKind.Missing, Reason: $"there is no such file in {folder}");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return new TrustAnswer(AnswerKind.Unreachable, Reason: failed.Message);
        }
        catch (Exception ended) when (ended is TimeoutException or OperationCanceledException)
        {
            _held = opening;
            _ = opening.ContinueWith(static late => late.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            if (ended is OperationCanceledException)
                throw;
            return new TrustAnswer(AnswerKind.TooSlow, Reason: $"{path} does not open");
        }

        await using (source)
            return await BoundedCopy.RunAsync(source, destination, longestBytes, options, time, cancellation);
    }
}
