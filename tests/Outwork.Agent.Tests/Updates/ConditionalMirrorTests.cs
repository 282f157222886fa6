using Outwork.Agent.Tests.Support;
using Outwork.Content.Mirrors;
using Outwork.Content.Store;
using Outwork.EndToEnd.Tests;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Platform.Linux.Storage;
using Outwork.Trust.Workflow;

namespace Outwork.Agent.Tests.Updates;

public sealed class ConditionalMirrorTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly SetTime _time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private readonly PublishedRepository _repository;
    private readonly ContentServer _server;

    public ConditionalMirrorTests()
    {
        _repository = new PublishedRepository(_directory["repository"], _time.Now);
        _server = new ContentServer(_repository.Folder);
    }

    public void Dispose()
    {
        _server.Dispose();
        _repository.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Device_follows_a_web_server_and_is_told_that_nothing_has_changed()
    {
        _repository.Publish(PublishedRepository.Package("1.0.0"), _time.Now);
        using var updates = new UpdatesUnderTest(_directory, _repository, _time, mirror: _server.Address);
        updates.Start();
        await Eventually.HoldsAsync(() => updates.Phase == SlotPhase.Committed && _server.NotModified > 1);
        _repository.Publish(PublishedRepository.Package("1.1.0", "newer"), _time.Now);
        await Eventually.HoldsAsync(() => updates is { Phase: SlotPhase.Committed, Version: "1.1.0" });
        await updates.StopAsync();
        Assert.Equal(0, updates.Counters[AgentCounter.UpdateRefusals]);
    }

    [Fact]
    public async Task Freeze_by_a_server_that_always_says_unchanged_ends_with_the_timestamp()
    {
        var kept = new MetadataFolder(new DiskContentFiles(Directory.CreateDirectory(_directory["kept"]).FullName));
        kept.Write("root", await File.ReadAllBytesAsync(_repository.Root, TestContext.Current.CancellationToken));
        using var mirror = new ConditionalMirror(new Uri(_server.Address + "/metadata/"), new Uri(_server.Address + "/targets/"), kept, new MirrorOptions(), TimeProvider.System);
        Assert.Null(await RefreshAsync(mirror, kept, _time.Now));
        Assert.Null(await RefreshAsync(mirror, kept, _time.Now));
        Assert.Equal(1, mirror.Unchanged);
        TrustRefusal? refusal = await RefreshAsync(mirror, kept, _time.Now + TimeSpan.FromDays(8));
        Assert.Equal(2, mirror.Unchanged);
        Assert.Equal(TrustRefusalCode.Freeze, refusal?.Code);
    }

    [Fact]
    public async Task Timestamp_that_was_refused_is_refused_again_and_never_taken_for_unchanged()
    {
        var kept = new MetadataFolder(new DiskContentFiles(Directory.CreateDirectory(_directory["kept"]).FullName));
        kept.Write("root", await File.ReadAllBytesAsync(_repository.Root, TestContext.Current.CancellationToken));
        using var mirror = new ConditionalMirror(new Uri(_server.Address + "/metadata/"), new Uri(_server.Address + "/targets/"), kept, new MirrorOptions(), TimeProvider.System);
        Assert.Null(await RefreshAsync(mirror, kept, _time.Now));
        string timestamp = _directory["repository/metadata/timestamp.json"];
        string signed = await File.ReadAllTextAsync(timestamp, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(timestamp, signed[..^2], TestContext.Current.CancellationToken);

        Assert.NotNull(await RefreshAsync(mirror, kept, _time.Now));
        Assert.NotNull(await RefreshAsync(mirror, kept, _time.Now));

        Assert.Equal(0, mirror.Unchanged);
        await File.WriteAllTextAsync(timestamp, signed, TestContext.Current.CancellationToken);
        Assert.Null(await RefreshAsync(mirror, kept, _time.Now));
    }

    private static Task<TrustRefusal?> RefreshAsync(ConditionalMirror mirror, MetadataFolder kept, DateTimeOffset now) =>
        new RepositoryClient(mirror, kept, now, new WorkflowLimits(), OpenSslEd25519.Instance).RefreshAsync(TestContext.Current.CancellationToken);
}
