using Outwork.Agent.Broker;
using Outwork.Agent.Recording;
using Outwork.Agent.Tests.Support;
using Outwork.Agent.Updates;
using Outwork.Content.Packages;
using Outwork.Content.Store;
using Outwork.Contracts.Control;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Agent.Tests.Updates;

public sealed class ContentOpeningTests : IDisposable, IBrokerLink
{
    private readonly TempDirectory _directory = new();
    private readonly List<string> _told = [];
    private readonly AgentCounters _counters = new();

    public void Dispose() => _directory.Dispose();

    public Task<ControlResponse> SendAsync(ControlRequest request, CancellationToken cancellation) => Task.FromResult(new ControlResponse { Ok = false });

    [Fact]
    public void File_with_faults_leaves_packaged_content_watched()
    {
        AgentOptions agent = Agent("no: yaml for updates");
        Assert.Null(ContentOpening.FindWork(agent, _told.Add));
        PutContent("guard");

        UpdateOptions watched = ContentOpening.FindWork(agent, _told.Add)!;
        Assert.Null(watched.Repository);
        FollowedProduct product = Assert.Single(watched.Products);
        Assert.Equal(("guard", null, 900), (product.Name, product.Target, product.OnTrialSeconds));
        Assert.Contains(_told, static told => told.StartsWith("updates are off: updates.yaml:", StringComparison.Ordinal));
    }

    [Fact]
    public void Content_that_the_file_does_not_name_is_watched_beside_what_it_names()
    {
        PutContent("guard");
        PutContent("other");
        using var repository = new PublishedRepository(_directory["repository"], TimeProvider.System.GetUtcNow());
        File.Copy(repository.Root, _directory["root.json"]);
        UpdateOptions options = ContentOpening.FindWork(
            Agent("{ version: 1, repository: /srv/r, root: root.json, products: { guard: { target: acme/guard.owpkg } } }"), _told.Add)!;
        Assert.Equal([("guard", "acme/guard.owpkg"), ("other", null)], options.Products.Select(static product => (product.Name, product.Target)));
        Assert.Empty(_told);
    }

    [Fact]
    public async Task Store_that_another_process_has_is_opened_once_it_is_free()
    {
        PutContent("guard");
        AgentOptions agent = Agent("none");
        ContentStore? other = Open();
        Assert.NotNull(other);
        using var ended = new CancellationTokenSource();
        using var opening = new ContentOpening(
            ContentOpening.FindWork(agent, static _ => { })!, agent, new MemoryStream(), new QuestionRecorder(agent.StateDirectory, ["guard"], _counters, _told.Add),
            this, new Outwork.Agent.Events.SharedSinks([]), _counters, _told.Add, TimeProvider.System);
        Task working = opening.RunAsync(ended.Token);
        Assert.Null(opening.Requests);
        Assert.Contains("another process has it", Assert.Single(_told), StringComparison.Ordinal);

        other.Dispose();
        await Eventually.HoldsAsync(() => opening.Requests is not null);
        await ended.CancelAsync();
        await working;
    }

    [Fact]
    public async Task Store_is_let_go_when_the_rest_cannot_be_made_and_opened_once_it_can()
    {
        PutContent("guard");
        AgentOptions agent = Agent("none");
        File.WriteAllText(_directory["state/updates"], "no folder");
        using var ended = new CancellationTokenSource();
        using var opening = new ContentOpening(
            ContentOpening.FindWork(agent, static _ => { })!, agent, new MemoryStream(), new QuestionRecorder(agent.StateDirectory, ["guard"], _counters, _told.Add),
            this, new Outwork.Agent.Events.SharedSinks([]), _counters, _told.Add, TimeProvider.System);
        Task working = opening.RunAsync(ended.Token);
        Assert.Null(opening.Requests);
        using (ContentStore? free = Open())
            Assert.NotNull(free);

        File.Delete(_directory["state/updates"]);
        await Eventually.HoldsAsync(() => opening.Requests is not null);
        await ended.CancelAsync();
        await working;
    }

    private AgentOptions Agent(string updates)
    {
        Directory.CreateDirectory(_directory["packages"]);
        Directory.CreateDirectory(_directory["state"]);
        File.WriteAllText(_directory["updates.yaml"], updates);
        return new AgentOptions { StateDirectory = _directory["state"], PackagesDirectory = _directory["packages"], UpdatesFile = _directory["updates.yaml"] };
    }

    // As a store leaves it: something was staged once.
    private void PutContent(string product)
    {
        Directory.CreateDirectory(_directory["packages/" + product]);
        File.WriteAllText(_directory[$"packages/{product}/state.json"], "{}");
    }

    private ContentStore? Open() => ContentStore.Open(
        new DiskContentFiles(_directory["packages"]), new ContentStoreOptions { System = "linux-x64", Outwork = PackageVersion.Parse("0.1.0") }, TimeProvider.System, out _);
}
