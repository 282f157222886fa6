using System.Security.Cryptography;
using System.Text;
using Outwork.Bench.Running;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Trust.Authoring;
using Outwork.Trust.Keys;

namespace Outwork.Bench.Repositories;

/// <summary>A published repository of many files in hashed bins (TAP 15), made by the project's own authoring. ECDSA P-256; a key for the root, one for targets, one for snapshot and timestamp, one for the bins.</summary>
internal sealed class LargeRepository
{
    private const int Days = 30;
    private const int FileBytes = 4096;

    private LargeRepository(IReadOnlyDictionary<string, byte[]> metadata, int bins) => (Metadata, Bins) = (metadata, bins);

    /// <summary>The published files by their name below the metadata's folder.</summary>
    public IReadOnlyDictionary<string, byte[]> Metadata { get; }

    /// <summary>How many bins there are.</summary>
    public int Bins { get; }

    /// <summary>The root that a device is given.</summary>
    public byte[] Root => Metadata["1.root.json"];

    /// <summary>Makes one.</summary>
    /// <param name="files">How many files.</param>
    /// <param name="bits">Two to the power of it are the bins.</param>
    /// <param name="now">When it is published.</param>
    public static LargeRepository Create(int files, int bits, DateTimeOffset now)
    {
        var ed25519 = OpenSslEd25519.Instance;
        using var root = SigningKey.Generate(KeyScheme.EcdsaP256, ed25519);
        using var targets = SigningKey.Generate(KeyScheme.EcdsaP256, ed25519);
        using var online = SigningKey.Generate(KeyScheme.EcdsaP256, ed25519);
        using var bins = SigningKey.Generate(KeyScheme.EcdsaP256, ed25519);
        var draft = RepositoryDraft.Create(new RepositoryPlan(Plan(root), Plan(targets), Plan(online), Plan(online)), now);
        Require(DelegationChanges.AddBins(draft, "targets", "bin", bits, Plan(bins), now));
        for (var i = 0; i < files; i++)
            Require(TargetChanges.Add(draft, PathOf(i), FileBytes, SHA256.HashData(BytesOf(i)), role: null, now, out _));
        foreach (var key in (SigningKey[])[root, targets, bins])
            DraftSigning.Sign(draft, key, role: null);
        var publication = Publication.Create(draft, [online], now, ed25519, out var fault);
        Require(fault);
        return new LargeRepository(publication!.Files.ToDictionary(StringComparer.Ordinal), 1 << bits);
    }

    /// <summary>The path of a file.</summary>
    public static string PathOf(int file) => $"vendor-{file % 50}/product-{file % 7}/content-{file}.owpkg";

    /// <summary>The bytes of a file.</summary>
    public static byte[] BytesOf(int file)
    {
        var bytes = new byte[FileBytes];
        Encoding.UTF8.GetBytes(PathOf(file)).CopyTo(bytes, 0);
        return bytes;
    }

    /// <summary>Writes it as a web server would serve it, with one of its files.</summary>
    public void WriteTo(string folder, int file)
    {
        foreach (var (name, bytes) in Metadata)
            Write(Path.Combine(folder, "metadata", name), bytes);
        var path = PathOf(file);
        var content = BytesOf(file);
        Write(Path.Combine(folder, "targets", Path.GetDirectoryName(path)!, $"{Convert.ToHexStringLower(SHA256.HashData(content))}.{Path.GetFileName(path)}"), content);
    }

    private static RolePlan Plan(SigningKey key) => new([key.Public], 1, Days);

    private static void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    private static void Require(DraftFault? fault)
    {
        if (fault is not null)
            throw new BenchFailedException($"The repository could not be made: {fault}");
    }
}
