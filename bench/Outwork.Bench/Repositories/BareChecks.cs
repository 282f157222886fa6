using System.Security.Cryptography;
using Outwork.Bench.Running;
using Outwork.Trust.Metadata;

namespace Outwork.Bench.Repositories;

/// <summary>
/// The least that anybody must do who trusts the same files: each signature checked once, with a key that is ready, over bytes that are
/// ready, and each file's digest. Nothing is parsed and nothing is decided.
/// </summary>
internal sealed class BareChecks : IDisposable
{
    private readonly ECDsa key = ECDsa.Create();
    private readonly List<(ReadOnlyMemory<byte> Canonical, ReadOnlyMemory<byte> Signature, byte[] File)> files = [];

    /// <param name="root">Holds the key.</param>
    /// <param name="fetched">The files that a device fetched.</param>
    public BareChecks(byte[] root, IEnumerable<byte[]> fetched)
    {
        var trusted = MetadataParser.Root(root, out _) ?? throw new BenchFailedException("The root cannot be read.");
        key.ImportSubjectPublicKeyInfo(trusted.Content.Keys.Values.First().Material.Span, out _);
        Add(trusted, root);
        foreach (var file in fetched)
        {
            if (MetadataParser.Timestamp(file, out _) is { } timestamp)
                Add(timestamp, file);
            else if (MetadataParser.Snapshot(file, out _) is { } snapshot)
                Add(snapshot, file);
            else if (MetadataParser.Targets(file, out _) is { } targets)
                Add(targets, file);
        }
    }

    /// <summary>How many signatures there are.</summary>
    public int Signatures => files.Count;

    /// <summary>Bytes of metadata that are hashed.</summary>
    public long Bytes => files.Sum(static file => (long)file.File.Length);

    /// <summary>Does them all.</summary>
    /// <exception cref="BenchFailedException">A signature does not hold.</exception>
    public void Run(ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var (canonical, signature, file) in files)
        {
            SHA256.HashData(file, digest);
            if (!key.VerifyData(canonical.Span, signature.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
                throw new BenchFailedException("A signature does not hold.");
        }
        SHA256.HashData(content, digest);
    }

    public void Dispose() => key.Dispose();

    private void Add<T>(SignedMetadata<T> metadata, byte[] file)
        where T : MetadataContent => files.Add((metadata.Canonical, metadata.Signatures[0].Value, file));
}
