using System.Security.Cryptography;
using System.Text;
using Outwork.Content.Packages;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Trust.Authoring;
using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Agent.Tests.Support;

/// <summary>A repository in a folder, made with the same authoring as outwork repo: metadata and targets as a web server would serve them.</summary>
internal sealed class PublishedRepository : IDisposable
{
    public const string Target = "acme/guard/content.owpkg";

    private readonly SigningKey _root = SigningKey.Generate(KeyScheme.EcdsaP256, OpenSslEd25519.Instance);
    private readonly SigningKey _targets = SigningKey.Generate(KeyScheme.EcdsaP256, OpenSslEd25519.Instance);
    private readonly SigningKey _online = SigningKey.Generate(KeyScheme.EcdsaP256, OpenSslEd25519.Instance);
    private readonly string _folder;
    private RepositoryDraft _draft;

    public PublishedRepository(string folder, DateTimeOffset now)
    {
        _folder = folder;
        _ = Directory.CreateDirectory(Path.Join(folder, "metadata"));
        _ = Directory.CreateDirectory(Path.Join(folder, "targets", "acme", "guard"));
        _draft = RepositoryDraft.Create(
            new RepositoryPlan(new([_root.Public], 1, 365), new([_targets.Public], 1, 180), new([_online.Public], 1, 30), new([_online.Public], 1, 7)), now);
        Publish(now);
    }

    public string Root => Path.Join(_folder, "metadata", "1.root.json");

    public string Folder => _folder;

    /// <summary>Publishes a package at the one path; returns its digest.</summary>
    public string Publish(byte[] package, DateTimeOffset now)
    {
        byte[] digest = SHA256.HashData(package);
        string file = Convert.ToHexStringLower(digest) + ".content.owpkg";
        File.WriteAllBytes(Path.Join(_folder, "targets", "acme", "guard", file), package);
        Assert.Null(TargetChanges.Add(_draft, Target, package.Length, digest, null, now, out _));
        Publish(now);
        return Convert.ToHexStringLower(digest);
    }

    /// <summary>Publishes the next version of the root.</summary>
    public void RenewRoot(DateTimeOffset now)
    {
        Assert.Null(KeyChanges.Renew(_draft, RoleName.Root, now));
        Publish(now);
    }

    /// <summary>A package of the product guard with one file.</summary>
    public static byte[] Package(string version, string text = "rules", int onTrialSeconds = 0)
    {
        var manifest = new PackageManifest
        {
            Kind = PackageKind.Content,
            Vendor = "acme",
            Product = "guard",
            Version = PackageVersion.Parse(version),
            Schema = new PackageSchema("rules", 1, 1),
            Trial = new TrialConditions { MinimumReplayedEvents = 0, MinimumLiveEvents = 0, MinimumLiveSeconds = 0 },
            Commit = new CommitConditions { MinimumSeconds = onTrialSeconds },
        };
        using var stream = new MemoryStream();
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Assert.NotNull(PackageWriter.Write(
            stream, manifest, [new PackageSource("rules.txt", false, () => new MemoryStream(bytes))], PackageLimits.Format, out PackageRefusal? refusal) ?? throw new InvalidOperationException(refusal!.ToString()));
        return stream.ToArray();
    }

    public void Dispose()
    {
        _root.Dispose();
        _targets.Dispose();
        _online.Dispose();
    }

    private void Publish(DateTimeOffset now)
    {
        _ = DraftSigning.Sign(_draft, _root, null);
        _ = DraftSigning.Sign(_draft, _targets, null);
        Publication publication = Publication.Create(_draft, [_online], now, OpenSslEd25519.Instance, out DraftFault? fault) ?? throw new InvalidOperationException(fault!.ToString());
        foreach ((string name, byte[] bytes) in publication.Files)
            File.WriteAllBytes(Path.Join(_folder, "metadata", name), bytes);
        _draft = new RepositoryDraft(Load(), []);
    }

    private IEnumerable<DraftRole> Load()
    {
        string metadata = Path.Join(_folder, "metadata");
        foreach (string role in (string[])[RoleName.Root, RoleName.Targets, RoleName.Snapshot])
        {
            long newest = Directory.GetFiles(metadata, $"*.{role}.json").Max(static file => long.Parse(Path.GetFileName(file).Split('.')[0]));
            yield return DraftRole.Parse(role, File.ReadAllBytes(Path.Join(metadata, $"{newest}.{role}.json")));
        }

        yield return DraftRole.Parse(RoleName.Timestamp, File.ReadAllBytes(Path.Join(metadata, "timestamp.json")));
    }
}
