using Outwork.Trust.Workflow;

namespace Outwork.Content.Mirrors;

/// <summary>Where a repository's files are got. Nothing that comes from it is believed.</summary>
/// <remarks>
/// What goes wrong at the other end or on the way is an answer. They throw for cancellation, and <see cref="IOException"/> for a disk of ours: the destination, or
/// what is kept. Thread-safe unless an implementation says otherwise.
/// </remarks>
public interface IMirror
{
    /// <summary>Reads one metadata file.</summary>
    /// <param name="file">Its name below the metadata's address, percent-encoded.</param>
    /// <param name="longestBytes">More are not read: the answer is then too long.</param>
    /// <param name="cancellation">Ends it.</param>
    Task<TrustAnswer> ReadMetadataAsync(string file, long longestBytes, CancellationToken cancellation);

    /// <summary>Copies one file of the repository.</summary>
    /// <param name="file">Its name below the files' address, percent-encoded.</param>
    /// <param name="longestBytes">More are not read: the answer is then too long.</param>
    /// <param name="destination">Where the bytes go as they come; unverified.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Given, without bytes, or why not.</returns>
    Task<TrustAnswer> CopyFileAsync(string file, long longestBytes, Stream destination, CancellationToken cancellation);
}
