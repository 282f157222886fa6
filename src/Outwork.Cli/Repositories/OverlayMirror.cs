using Outwork.Content.Mirrors;
using Outwork.Trust.Authoring;
using Outwork.Trust.Workflow;

namespace Outwork.Cli.Repositories;

/// <summary>A repository as it will be once something is published.</summary>
/// <param name="published">What is published.</param>
/// <param name="publication">What will be; null for nothing.</param>
internal sealed class OverlayMirror(IMirror published, Publication? publication) : IMirror
{
    private readonly Dictionary<string, byte[]> _new = publication?.Files.ToDictionary(StringComparer.Ordinal) ?? [];

    public Task<TrustAnswer> ReadMetadataAsync(string file, long longestBytes, CancellationToken cancellation)
    {
        if (!_new.TryGetValue(file, out byte[]? bytes))
            return published.ReadMetadataAsync(file, longestBytes, cancellation);
        return Task.FromResult(bytes.Length > longestBytes ? new TrustAnswer(AnswerKind.TooLong, Reason: $"more than {longestBytes} bytes") : TrustAnswer.Of(bytes));
    }

    public Task<TrustAnswer> CopyFileAsync(string file, long longestBytes, Stream destination, CancellationToken cancellation) =>
        published.CopyFileAsync(file, longestBytes, destination, cancellation);
}
