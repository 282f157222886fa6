using Outwork.Content.Mirrors;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Platform.Linux.Storage;
using Outwork.Trust.Metadata;
using Outwork.Trust.Workflow;

namespace Outwork.Agent.Updates;

/// <summary>Asks a repository by the client workflow, from the root that this device holds. One thread at a time.</summary>
/// <param name="root">The root that is trusted at first.</param>
/// <param name="directory">The agent's folder: trusted metadata and what is being fetched.</param>
/// <param name="latest">The time against which expiry is checked.</param>
/// <param name="time">For time-outs.</param>
internal sealed class UpdateSource(ReadOnlyMemory<byte> root, string directory, LatestTime latest, TimeProvider time)
{
    private const string MetadataPart = "metadata";
    private const string FilesPart = "targets";

    /// <summary>What is trusted.</summary>
    public MetadataFolder Kept { get; } = new(new DiskContentFiles(TrustedOf(directory)));

    private string Incoming => Path.Join(directory, "incoming");

    /// <summary>The repository as a mirror: an address, or a folder. Both hold <c>metadata</c> and <c>targets</c>.</summary>
    public IMirror Open(string repository) => repository.Contains("://", StringComparison.Ordinal)
        ? new ConditionalMirror(Below(repository, MetadataPart), Below(repository, FilesPart), Kept, new MirrorOptions(), time)
        : new FolderMirror(Path.Join(repository, MetadataPart), Path.Join(repository, FilesPart), new MirrorOptions(), time);

    /// <summary>Brings the metadata up to date. The client serves searches then; null, and why, when nothing is to be trusted.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public async Task<(RepositoryClient? Client, TrustRefusal? Refusal)> RefreshAsync(IMirror mirror, CancellationToken cancellation)
    {
        _ = Directory.CreateDirectory(TrustedOf(directory));
        BeginWithRoot();
        var client = new RepositoryClient(mirror, Kept, latest.Now(), new WorkflowLimits(), OpenSslEd25519.Instance);
        return await client.RefreshAsync(cancellation) is { } refusal ? (null, refusal) : (client, null);
    }

    /// <summary>Fetches a verified package. The file is the caller's to delete.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public async Task<(string? Path, TrustRefusal? Refusal)> FetchAsync(RepositoryClient client, FoundStep found, string product, CancellationToken cancellation)
    {
        _ = Directory.CreateDirectory(Incoming);
        string path = Path.Join(Incoming, product + ".owpkg");
        return await client.DownloadAsync(found, path, cancellation) is { } refusal ? (null, refusal) : (path, null);
    }

    // A root under which nothing was ever verified is the administrator's to correct. One that came later, signed by those before it, stays.
    private void BeginWithRoot()
    {
        if (Kept.Read(RoleName.Root) is not { } kept || (Kept.Read(RoleName.Timestamp) is null && !(VersionOf(kept) > VersionOf(root)) && !kept.Span.SequenceEqual(root.Span)))
            Kept.Write(RoleName.Root, root);
    }

    private static long? VersionOf(ReadOnlyMemory<byte> bytes) => MetadataParser.Root(bytes, out _)?.Content.Version;

    private static string TrustedOf(string directory) => Path.Join(directory, "trusted");

    private static Uri Below(string repository, string part) => new(repository.TrimEnd('/') + "/" + part + "/");
}
