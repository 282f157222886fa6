using System.Security.Cryptography;
using Outwork.Agent.Tests.Support;
using Outwork.Agent.Updates;
using Outwork.Content.Store;
using Outwork.Content.Trials;

namespace Outwork.Agent.Tests.Updates;

/// <summary>One product's way alone: no repository is asked, and nobody else has it go on.</summary>
public sealed class ProductUpdatesTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly PublishedRepository _repository;
    private readonly SetTime _time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));

    public ProductUpdatesTests() => _repository = new PublishedRepository(_directory["repository"], _time.Now);

    public void Dispose()
    {
        _repository.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(false, "no trial: guard: No space left")]
    [InlineData(true, "decided and not finished")]
    public async Task Trial_that_a_full_disk_lets_nobody_begin_is_begun_once_there_is_space_and_counted_once(bool holds, string told)
    {
        using UpdatesUnderTest updates = Staged();
        (updates.Files.FilesFail, updates.Files.AppendsFail) = (!holds, holds);
        Task running = RunAsync(updates);
        await Eventually.HoldsAsync(() => updates.Told.Any(line => line.Contains("no trial: ", StringComparison.Ordinal)));
        (updates.Files.FilesFail, updates.Files.AppendsFail) = (false, false);
        await running;
        Assert.Equal(SlotPhase.Committed, updates.Phase);
        Assert.Single(updates.Tried);
        Assert.Equal(1, updates.Store.StateOf("guard").A!.Tries);
        Assert.Contains(updates.Told, line => line.Contains("no trial: ", StringComparison.Ordinal) && line.Contains(told, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, TrialRefusal.None)]
    [InlineData(true, TrialRefusal.None)]
    [InlineData(false, TrialRefusal.Crashed)]
    [InlineData(true, TrialRefusal.Crashed)]
    public async Task What_a_trial_found_is_kept_once_there_is_space(bool holds, TrialRefusal result)
    {
        using UpdatesUnderTest updates = Staged();
        updates.TrialResult = result;
        updates.Trying = (_, _) =>
        {
            (updates.Files.FilesFail, updates.Files.AppendsFail) = (!holds, holds);
            return Task.CompletedTask;
        };
        Task running = RunAsync(updates);
        await Eventually.HoldsAsync(() => updates.Told.Any(static line => line.Contains("is not kept yet", StringComparison.Ordinal)));
        (updates.Files.FilesFail, updates.Files.AppendsFail) = (false, false);
        await running;
        Assert.Single(updates.Tried);
        bool passed = result == TrialRefusal.None;
        Assert.Equal(passed ? SlotPhase.Committed : null, updates.Phase);
        Assert.Equal(passed ? 0 : 1, updates.Counters[AgentCounter.ContentRejected]);
        Assert.Equal(passed ? 0 : 1, updates.Store.StateOf("guard").Denied.Count);
    }

    [Fact]
    public async Task Commit_that_holds_and_is_not_finished_counts()
    {
        using UpdatesUnderTest updates = Staged(onTrialSeconds: 1);
        Task running = RunAsync(updates);
        await Eventually.HoldsAsync(() => updates.Counters[AgentCounter.ContentActivated] == 1);
        updates.Files.AppendsFail = true;
        await Eventually.HoldsAsync(() => updates.Told.Any(static line => line.Contains("decided and not finished", StringComparison.Ordinal)));
        updates.Files.AppendsFail = false;
        await running;
        Assert.Equal(SlotPhase.Committed, updates.Phase);
        Assert.Equal(1, updates.Counters[AgentCounter.ContentCommitted]);
        Assert.Contains(updates.Told, static line => line.Contains("has proved itself", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_nobody_follows_is_not_tried()
    {
        using UpdatesUnderTest updates = Staged(follows: false);
        await RunAsync(updates);
        Assert.Empty(updates.Tried);
        Assert.Equal(SlotPhase.Staged, updates.Store.StateOf("guard").A!.Phase);
    }

    private static Task RunAsync(UpdatesUnderTest updates) => updates.Service.Products[0].RunAsync(TestContext.Current.CancellationToken);

    private UpdatesUnderTest Staged(int onTrialSeconds = 0, bool follows = true)
    {
        var updates = new UpdatesUnderTest(_directory, _repository, _time, onTrialSeconds, follows: follows);
        byte[] package = PublishedRepository.Package("1.0.0");
        using var stream = new MemoryStream(package);
        Assert.Null(updates.Store.Stage("guard", stream, Convert.ToHexStringLower(SHA256.HashData(package))));
        return updates;
    }
}
