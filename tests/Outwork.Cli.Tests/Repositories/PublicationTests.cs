using Outwork.Content.Mirrors;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Platform.Linux.Storage;
using Outwork.Trust.Authoring;
using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;
using Outwork.Trust.Workflow;

namespace Outwork.Cli.Tests.Repositories;

/// <summary>A publication that ends after any of its files: devices have the old repository or the new one.</summary>
public sealed class PublicationTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Publication_cut_off_after_any_file_leaves_what_devices_take()
    {
        using SigningKey offline = SigningKey.Generate(KeyScheme.Ed25519, OpenSslEd25519.Instance);
        using SigningKey online = SigningKey.Generate(KeyScheme.Ed25519, OpenSslEd25519.Instance);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("outwork-publication-");
        try
        {
            string metadata = folder.CreateSubdirectory("metadata").FullName;
            var plan = new RepositoryPlan(Role(offline), Role(offline), Role(online), Role(online));
            RepositoryDraft draft = RepositoryDraft.Create(plan, Now);
            Publication first = Publish(draft, offline, online);
            foreach ((string name, byte[] bytes) in first.Files)
                await File.WriteAllBytesAsync(Path.Join(metadata, name), bytes, TestContext.Current.CancellationToken);

            RepositoryDraft next = Published(draft, first);
            Assert.Null(KeyChanges.Renew(next, RoleName.Root, Now));
            Assert.Null(DelegationChanges.Add(next, RoleName.Targets, "acme", ["acme/*"], isTerminating: false, Role(online), Now));
            Assert.Null(TargetChanges.Add(next, "acme/file", 1, new byte[32], null, Now, out string placed));
            Assert.Equal("acme", placed);
            Publication second = Publish(next, offline, online);
            Assert.Equal("timestamp.json", second.Files[^1].Key);
            foreach ((string name, byte[] bytes) in second.Files)
            {
                // Before each file appears and after the last: a new device, and none of the new file's names is overwritten.
                Assert.Null(await FollowAsync(metadata, first.Files));
                Assert.True(name == "timestamp.json" || !File.Exists(Path.Join(metadata, name)), name);
                await File.WriteAllBytesAsync(Path.Join(metadata, name), bytes, TestContext.Current.CancellationToken);
            }

            Assert.Null(await FollowAsync(metadata, first.Files));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static RolePlan Role(SigningKey key) => new([key.Public], 1, 30);

    private static Publication Publish(RepositoryDraft draft, SigningKey offline, SigningKey online)
    {
        Assert.NotEmpty(DraftSigning.Sign(draft, offline, null));
        _ = DraftSigning.Sign(draft, online, null);
        Publication? publication = Publication.Create(draft, [online], Now, OpenSslEd25519.Instance, out DraftFault? fault);
        Assert.True(publication is not null, fault?.ToString());
        return publication;
    }

    private static RepositoryDraft Published(RepositoryDraft draft, Publication publication)
    {
        byte[] Of(string suffix) => publication.Files.Single(file => file.Key.EndsWith(suffix, StringComparison.Ordinal)).Value;
        return new RepositoryDraft([.. draft.Staged.Values, DraftRole.Parse("snapshot", Of("snapshot.json")), DraftRole.Parse("timestamp", Of("timestamp.json"))], []);
    }

    private static async Task<TrustRefusal?> FollowAsync(string metadata, IReadOnlyList<KeyValuePair<string, byte[]>> first)
    {
        DirectoryInfo kept = Directory.CreateTempSubdirectory("outwork-device-");
        try
        {
            var folder = new MetadataFolder(new DiskContentFiles(kept.FullName));
            folder.Write(RoleName.Root, first.Single(static file => file.Key == "1.root.json").Value);
            var mirror = new FolderMirror(metadata, metadata, new MirrorOptions(), TimeProvider.System);
            return await new RepositoryClient(mirror, folder, Now, new WorkflowLimits(), OpenSslEd25519.Instance).RefreshAsync(CancellationToken.None);
        }
        finally
        {
            kept.Delete(recursive: true);
        }
    }
}
