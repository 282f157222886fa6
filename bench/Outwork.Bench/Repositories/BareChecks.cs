using System.Security.Cryptography;
using Outwork.Bench.Running;
using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Bench.Repositories;

/// <summary>
/// The least that anybody must do who trusts the same files: each key read once, each signature checked once, over bytes that are ready, and each
/// file's digest. No metadata is parsed and nothing is decided.
/// </summary>
internal sealed class BareChecks
{
    private readonly List<TrustKey> keys = [];
    private readonly List<(ReadOnlyMemory<byte> Canonical, ReadOnlyMemory<byte> Signature, int Key, byte[] File)> files = [];

    /// <param name="root">The root that the device has.</param>
    /// <param name="fetched">The files that it fetched.</param>
    public BareChecks(byte[] root, IEnumerable<byte[]> fetched)
    {
        var trusted = MetadataParser.Root(root, out _) ?? throw new BenchFailedException("The root cannot be read.");
        keys.AddRange(trusted.Content.Keys.Values);
        Add(trusted, root);
        foreach (var file in fetched)
        {
            if (MetadataParser.Timestamp(file, out _) is { } timestamp)
                Add(timestamp, file);
            else if (MetadataParser.Snapshot(file, out _) is { } snapshot)
                Add(snapshot, file);
            else if (MetadataParser.Targets(file, out _) is { } targets)
            {
                keys.AddRange(targets.Content.Delegations?.Keys.Values ?? []);
                Add(targets, file);
            }
        }
    }

    /// <summary>How many signatures there are.</summary>
    public int Signatures => files.Count;

    /// <summary>How many keys made them.</summary>
    public int Keys => files.Select(static file => file.Key).Distinct().Count();

    /// <summary>Does them all.</summary>
    /// <exception cref="BenchFailedException">A signature does not hold.</exception>
    public void Run(ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        var read = new ECDsa?[keys.Count];
        foreach (var (canonical, signature, number, file) in files)
        {
            SHA256.HashData(file, digest);
            if (!(read[number] ??= Read(keys[number])).VerifyData(canonical.Span, signature.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
                throw new BenchFailedException("A signature does not hold.");
        }
        SHA256.HashData(content, digest);
        foreach (var key in read)
            key?.Dispose();
    }

    private static ECDsa Read(TrustKey key)
    {
        var read = ECDsa.Create();
        read.ImportSubjectPublicKeyInfo(key.Material.Span, out _);
        return read;
    }

    private void Add<T>(SignedMetadata<T> metadata, byte[] file)
        where T : MetadataContent
    {
        var signature = metadata.Signatures[0];
        files.Add((metadata.Canonical, signature.Value, keys.FindIndex(key => key.Id == signature.KeyId), file));
    }
}
