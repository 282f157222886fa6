using System.Formats.Tar;
using Outwork.Agent.Tests.Support;
using Outwork.Agent.Updates;
using Outwork.Content.Store;
using Outwork.Content.Trials;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Trust.Metadata;
using Outwork.Trust.Workflow;

namespace Outwork.Agent.Tests.Updates;

public sealed class UpdateServiceTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly SetTime _time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private readonly PublishedRepository _repository;

    public UpdateServiceTests() => _repository = new PublishedRepository(_directory["repository"], _time.Now);

    public void Dispose()
    {
        _repository.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Published_content_is_tried_put_in_force_and_committed()
    {
        using UpdatesUnderTest updates = await CommittedAsync();
        await updates.StopAsync();
        Assert.Equal("1.0.0", updates.Version);
        Assert.Equal("rules", await File.ReadAllTextAsync(_directory["packages/guard/current/rules.txt"], TestContext.Current.CancellationToken));
        TrialMessage tried = Assert.Single(updates.Tried);
        Assert.Equal(("guard", "a"), (tried.Product, tried.Slot));
        Assert.Equal(1, updates.Counters[AgentCounter.ContentCommitted]);
        Assert.Contains(updates.Events, static e => e.Kind == EventKind.ContentChange && e.Detail.Contains("1.0.0 is in force, on trial", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Content_that_fails_its_trial_is_denied_and_what_is_in_force_stays()
    {
        using UpdatesUnderTest updates = await CommittedAsync();
        updates.TrialResult = TrialRefusal.Crashed;
        _repository.Publish(PublishedRepository.Package("1.1.0", "defect"), _time.Now);
        await Eventually.HoldsAsync(() => updates.Store.StateOf("guard").Denied.Count == 1);

        // It stays published, and is neither fetched nor tried again.
        long checks = updates.Counters[AgentCounter.UpdateChecks];
        await Eventually.HoldsAsync(() => updates.Counters[AgentCounter.UpdateChecks] > checks + 2);
        await updates.StopAsync();
        Assert.Equal("1.0.0", updates.Version);
        Assert.Equal(2, updates.Tried.Count);
        ControlResponse list = await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentList });
        ContentStatus status = Assert.Single(list.Contents!);
        Assert.Contains(status.Slots, static slot => slot is { Version: "1.1.0", Phase: "rejected" });
        Assert.EndsWith(TrialRefusals.RemedyOf(TrialRefusal.Crashed), Assert.Single(status.Denied).Reason, StringComparison.Ordinal);
        ControlResponse history = (await updates.Requests.HandleAsync(new ControlRequest { Operation = ControlOperations.ContentHistory, Product = "guard" }, TestContext.Current.CancellationToken))!;
        Assert.Contains(history.Steps!, static step => step is { Event: "rejected", Version: "1.1.0" } && step.Text.Contains("SIGSEGV", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trial_that_says_nothing_about_the_content_is_not_counted()
    {
        _repository.Publish(PublishedRepository.Package("1.0.0"), _time.Now);
        using var updates = new UpdatesUnderTest(_directory, _repository, _time) { TrialResult = TrialRefusal.NotStarted };
        updates.Start();
        await Eventually.HoldsAsync(() => updates.Store.StateOf("guard").A is { Phase: SlotPhase.Staged } && !updates.Tried.IsEmpty);
        await updates.StopAsync();
        Assert.Equal(0, updates.Store.StateOf("guard").A!.Tries);
        Assert.Empty(updates.Store.StateOf("guard").Denied);
    }

    [Fact]
    public async Task Other_package_under_a_version_in_force_is_told_and_fetched_once()
    {
        using UpdatesUnderTest updates = await CommittedAsync();
        string digest = _repository.Publish(PublishedRepository.Package("1.0.0", "other rules"), _time.Now);
        await Eventually.HoldsAsync(() => updates.Service.CheckOf("guard").Sha256 == digest);
        // It would be missed if it were fetched again.
        File.Delete(_directory[$"repository/targets/acme/guard/{digest}.content.owpkg"]);
        long checks = updates.Counters[AgentCounter.UpdateChecks];
        await Eventually.HoldsAsync(() => updates.Counters[AgentCounter.UpdateChecks] > checks + 2);
        await updates.StopAsync();
        Assert.Contains("a version is published once", updates.Service.CheckOf("guard").Refusal!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "decided and not finished")]
    [InlineData(true, "could not be taken back")]
    public async Task Roll_back_that_a_full_disk_stops_is_done_once_there_is_space_even_if_the_product_is_well_again(bool isUnwritable, string told)
    {
        using UpdatesUnderTest updates = await CommittedAsync(onTrialSeconds: 3);
        await PutOnTrialAsync(updates, "1.1.0", "defect");
        (updates.Files.FilesFail, updates.Files.LinksFail) = (isUnwritable, true);
        updates.Status = static () => UpdatesUnderTest.StatusOf(pid: 0, generation: 0, restarts: 1);
        await Eventually.HoldsAsync(() => updates.Told.Any(line => line.Contains(told, StringComparison.Ordinal)));
        updates.Status = null;
        Assert.Equal("defect", await File.ReadAllTextAsync(_directory["packages/guard/current/rules.txt"], TestContext.Current.CancellationToken));
        (updates.Files.FilesFail, updates.Files.LinksFail) = (false, false);
        await Eventually.HoldsAsync(() => updates.Counters[AgentCounter.ContentRolledBack] == 1);
        await updates.StopAsync();
        Assert.Equal("rules", await File.ReadAllTextAsync(_directory["packages/guard/current/rules.txt"], TestContext.Current.CancellationToken));
        Assert.Equal("1.1.0", Assert.Single(updates.Store.StateOf("guard").Denied).Version);
        Assert.Equal(("1.0.0", SlotPhase.Committed), (updates.Version, updates.Phase));
    }

    [Fact]
    public async Task Content_that_fails_in_force_is_taken_back_within_a_second_and_denied()
    {
        using UpdatesUnderTest updates = await CommittedAsync(onTrialSeconds: 1);
        await PutOnTrialAsync(updates, "1.1.0", "defect");
        long failed = Environment.TickCount64;
        updates.Status = static () => UpdatesUnderTest.StatusOf(pid: 0, generation: 0, restarts: 1);
        await Eventually.HoldsAsync(() => updates.Version == "1.0.0");
        long elapsed = Environment.TickCount64 - failed;
        updates.Status = null;
        await updates.StopAsync();
        Assert.InRange(elapsed, 0, 1000);
        Assert.Equal("1.1.0", Assert.Single(updates.Store.StateOf("guard").Denied).Version);
        Assert.Contains(updates.Told, static told => told.Contains("the product's process ended", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Package_that_asks_for_more_time_is_watched_all_of_it()
    {
        _repository.Publish(PublishedRepository.Package("1.0.0", onTrialSeconds: 3600), _time.Now);
        using var updates = new UpdatesUnderTest(_directory, _repository, _time);
        updates.Start();
        await Eventually.HoldsAsync(() => updates.Phase == SlotPhase.OnTrial);
        // The administrator asks for no time at all: each of these looks would have been the last.
        int looks = updates.Asked;
        await Eventually.HoldsAsync(() => updates.Asked > looks + 5);
        Assert.Equal(SlotPhase.OnTrial, updates.Phase);
        updates.Status = static () => UpdatesUnderTest.StatusOf(pid: 4711, generation: 1, restarts: 1);
        await Eventually.HoldsAsync(() => updates.Store.StateOf("guard").Denied.Count == 1);
        await updates.StopAsync();
        Assert.Null(updates.Version);
    }

    [Fact]
    public async Task Restart_between_trial_and_commit_goes_on_where_it_stood()
    {
        _repository.Publish(PublishedRepository.Package("1.0.0"), _time.Now);
        using (var first = new UpdatesUnderTest(_directory, _repository, _time, onTrialSeconds: 3600))
        {
            first.Start();
            await Eventually.HoldsAsync(() => first.Phase == SlotPhase.OnTrial);
            await first.StopAsync();
        }

        using var second = new UpdatesUnderTest(_directory, _repository, _time);
        second.Start();
        await Eventually.HoldsAsync(() => second.Phase == SlotPhase.Committed);
        await second.StopAsync();
        Assert.Empty(second.Tried);
    }

    [Fact]
    public async Task Clock_set_back_does_not_make_expired_metadata_valid()
    {
        _repository.Publish(PublishedRepository.Package("1.0.0"), _time.Now);
        _time.Now += TimeSpan.FromDays(60);
        using (var late = new UpdatesUnderTest(_directory, _repository, _time))
        {
            late.Start();
            await Eventually.HoldsAsync(() => late.Counters[AgentCounter.UpdateRefusals] > 0);
            await late.StopAsync();
            Assert.Contains(late.Told, static told => told.Contains("Freeze", StringComparison.Ordinal));
        }

        _time.Now -= TimeSpan.FromDays(60);
        using var back = new UpdatesUnderTest(_directory, _repository, _time);
        back.Start();
        await Eventually.HoldsAsync(() => back.Counters[AgentCounter.UpdateRefusals] > 0);
        await back.StopAsync();
        Assert.Null(back.Version);
    }

    [Fact]
    public async Task Repository_that_is_gone_changes_nothing_and_is_told_once()
    {
        using UpdatesUnderTest updates = await CommittedAsync();
        Directory.Move(_directory["repository/metadata"], _directory["away"]);
        await Eventually.HoldsAsync(() => updates.Counters[AgentCounter.UpdateRefusals] > 2);
        await updates.StopAsync();
        Assert.Equal("1.0.0", updates.Version);
        Assert.Single(updates.Told, static told => told.StartsWith("updates: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Wrong_first_root_under_which_nothing_was_verified_makes_way_for_the_right_one()
    {
        using var other = new PublishedRepository(_directory["other"], _time.Now);
        UpdateSource wrong = SourceFrom(other.Root);
        Assert.Equal(TrustRefusalCode.ThresholdNotMet, await RefreshAsync(wrong, _repository.Folder));
        UpdateSource right = SourceFrom(_repository.Root);
        Assert.Null(await RefreshAsync(right, _repository.Folder));

        // From here on it is not exchanged: something was verified under it.
        Assert.Null(await RefreshAsync(SourceFrom(other.Root), _repository.Folder));
        Assert.Equal(await File.ReadAllBytesAsync(_repository.Root, TestContext.Current.CancellationToken), right.Kept.Read(RoleName.Root)!.Value.ToArray());
    }

    [Fact]
    public async Task Newer_root_than_the_configured_one_stays_though_nothing_else_is_kept()
    {
        UpdateSource source = SourceFrom(_repository.Root);
        _repository.RenewRoot(_time.Now);
        Assert.Null(await RefreshAsync(source, _repository.Folder));
        byte[] newer = source.Kept.Read(RoleName.Root)!.Value.ToArray();
        Assert.NotEqual(await File.ReadAllBytesAsync(_repository.Root, TestContext.Current.CancellationToken), newer);
        source.Kept.Delete(RoleName.Timestamp);
        Assert.Equal(TrustRefusalCode.MetadataMissing, await RefreshAsync(SourceFrom(_repository.Root), _directory["nowhere"]));
        Assert.Equal(newer, source.Kept.Read(RoleName.Root)!.Value.ToArray());
    }

    [Fact]
    public async Task Folder_without_metadata_is_named()
    {
        UpdateSource source = SourceFrom(_repository.Root);
        (_, TrustRefusal? refusal) = await source.RefreshAsync(source.Open(_directory["nowhere"]), TestContext.Current.CancellationToken);
        Assert.Contains(_directory["nowhere/metadata"], refusal!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Package_exchanged_on_the_mirror_is_refused_by_name()
    {
        string digest = _repository.Publish(PublishedRepository.Package("1.0.0"), _time.Now);
        string file = _directory[$"repository/targets/acme/guard/{digest}.content.owpkg"];
        await File.WriteAllBytesAsync(file, PublishedRepository.Package("1.0.0", "other"), TestContext.Current.CancellationToken);
        using var updates = new UpdatesUnderTest(_directory, _repository, _time);
        updates.Start();
        await Eventually.HoldsAsync(() => updates.Counters[AgentCounter.UpdateRefusals] > 0);
        await updates.StopAsync();
        Assert.Null(updates.Version);
        Assert.Contains(updates.Told, static told => told.Contains("ArbitrarySoftware", StringComparison.Ordinal) || told.Contains("EndlessData", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bundle_is_verified_like_a_mirror_and_its_content_tried()
    {
        _repository.Publish(PublishedRepository.Package("1.0.0"), _time.Now);
        using var updates = new UpdatesUnderTest(_directory, _repository, _time, mirror: _directory["nowhere"]);
        updates.Start();
        ControlResponse imported = await ImportAsync(updates, await BundleAsync());
        Assert.True(imported.Ok, imported.Error);
        await Eventually.HoldsAsync(() => updates.Version == "1.0.0");
        await updates.StopAsync();
    }

    [Fact]
    public async Task Bundle_that_comes_while_other_content_is_on_trial_is_not_taken_and_that_is_said()
    {
        _repository.Publish(PublishedRepository.Package("1.0.0"), _time.Now);
        using var updates = new UpdatesUnderTest(_directory, _repository, _time, onTrialSeconds: 3600);
        updates.Start();
        await Eventually.HoldsAsync(() => updates.Phase == SlotPhase.OnTrial);
        _repository.Publish(PublishedRepository.Package("1.1.0", "newer"), _time.Now);
        ControlResponse waiting = await ImportAsync(updates, await BundleAsync());
        Assert.Equal((false, "content-on-trial"), (waiting.Ok, waiting.Code));
        Assert.Contains("Wait until it is committed", waiting.Error, StringComparison.Ordinal);

        updates.Status = static () => UpdatesUnderTest.StatusOf(pid: 0, generation: 0, restarts: 1);
        await Eventually.HoldsAsync(() => updates.Store.StateOf("guard").Denied.Count == 1);
        updates.Status = null;
        Assert.True((await ImportAsync(updates, await BundleAsync())).Ok);
        await Eventually.HoldsAsync(() => updates.Version == "1.1.0");
        await updates.StopAsync();
    }

    [Fact]
    public async Task Bundle_with_what_is_denied_here_is_refused_by_that_code()
    {
        _repository.Publish(PublishedRepository.Package("1.0.0"), _time.Now);
        using var updates = new UpdatesUnderTest(_directory, _repository, _time, mirror: _directory["nowhere"]) { TrialResult = TrialRefusal.Crashed };
        updates.Start();
        byte[] bundle = await BundleAsync();
        Assert.True((await ImportAsync(updates, bundle)).Ok);
        await Eventually.HoldsAsync(() => updates.Store.StateOf("guard").Denied.Count == 1);
        Assert.Equal("content-denied", (await ImportAsync(updates, bundle)).Code);
        await updates.StopAsync();
    }

    [Fact]
    public async Task Bundle_with_what_was_refused_before_is_refused_by_the_same_code()
    {
        using UpdatesUnderTest updates = await CommittedAsync();
        string digest = _repository.Publish(PublishedRepository.Package("1.0.0", "other rules"), _time.Now);
        await Eventually.HoldsAsync(() => updates.Service.CheckOf("guard").Sha256 == digest);
        ControlResponse refused = await ImportAsync(updates, await BundleAsync());
        Assert.Equal("content-version-reused", refused.Code);
        Assert.Contains("a version is published once", refused.Error, StringComparison.Ordinal);
        await updates.StopAsync();
    }

    [Fact]
    public async Task Import_that_was_not_ended_leaves_nothing_behind()
    {
        Directory.CreateDirectory(_directory["agent/import"]);
        await File.WriteAllTextAsync(_directory["agent/import/bundle.tar"], "half a bundle", TestContext.Current.CancellationToken);
        using var updates = new UpdatesUnderTest(_directory, _repository, _time);
        Assert.False(Directory.Exists(_directory["agent/import"]));

        ControlResponse first = await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentImport, Piece = [1, 2, 3] });
        Assert.True(first.Ok, first.Error);
        Assert.True(Directory.Exists(_directory["agent/import"]));
        using var next = new BundleImport(_directory["agent"], updates.Service, TimeProvider.System);
        Assert.False(Directory.Exists(_directory["agent/import"]));
    }

    [Fact]
    public async Task Package_published_while_another_is_tried_takes_its_place_at_once()
    {
        _repository.Publish(PublishedRepository.Package("1.0.0"), _time.Now);
        using var updates = new UpdatesUnderTest(_directory, _repository, _time);
        int trials = 0;
        updates.Trying = (_, cancellation) => Interlocked.Increment(ref trials) == 1 ? Task.Delay(Timeout.InfiniteTimeSpan, cancellation) : Task.CompletedTask;
        updates.Start();
        await Eventually.HoldsAsync(() => updates.Tried.Count == 1);
        _repository.Publish(PublishedRepository.Package("1.1.0", "newer"), _time.Now);
        await Eventually.HoldsAsync(() => updates is { Phase: SlotPhase.Committed, Version: "1.1.0" });
        await updates.StopAsync();
        Assert.Equal(2, updates.Tried.Count);
        Assert.Empty(updates.Store.StateOf("guard").Denied);
        Assert.Contains(updates.Store.History("guard"), static step => step.Text.EndsWith("; the trial of 1.0.0 ended, as this took its place", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Content_on_trial_is_watched_and_taken_back_also_when_nothing_is_followed_any_more()
    {
        _repository.Publish(PublishedRepository.Package("1.0.0"), _time.Now);
        using (var first = new UpdatesUnderTest(_directory, _repository, _time, onTrialSeconds: 3600))
        {
            first.Start();
            await Eventually.HoldsAsync(() => first.Phase == SlotPhase.OnTrial);
            await first.StopAsync();
        }

        using var second = new UpdatesUnderTest(_directory, _repository, _time, onTrialSeconds: 3600, follows: false);
        int looks = 0;
        second.Status = () => UpdatesUnderTest.StatusOf(pid: 4711, generation: 1, restarts: Interlocked.Increment(ref looks) > 2 ? 1 : 0);
        second.Start();
        await Eventually.HoldsAsync(() => second.Store.StateOf("guard").Denied.Count == 1);
        Assert.Equal(ControlCodes.UpdatesOff, (await AskAsync(second, new ControlRequest { Operation = ControlOperations.ContentImport, Piece = [1] })).Code);
        Assert.Contains((await AskAsync(second, new ControlRequest { Operation = ControlOperations.ContentHistory, Product = "guard" })).Steps!, static step => step.Event == "rolledBack");
        await second.StopAsync();
        Assert.Equal(0, second.Counters[AgentCounter.UpdateChecks]);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("metadata/../../outside")]
    [InlineData("other/file")]
    public async Task Bundle_with_a_file_outside_is_refused_and_nothing_is_written(string name)
    {
        using var updates = new UpdatesUnderTest(_directory, _repository, _time);
        using var archive = new MemoryStream();
        await using (var writer = new TarWriter(archive, leaveOpen: true))
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1]) }, TestContext.Current.CancellationToken);
        ControlResponse refused = await ImportAsync(updates, archive.ToArray());
        Assert.Equal(ControlCodes.BundleInvalid, refused.Code);
        Assert.Empty(Directory.GetFiles(_directory.Path, "outside", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Administrator_rolls_back_pins_and_allows()
    {
        using UpdatesUnderTest updates = await CommittedAsync();
        _repository.Publish(PublishedRepository.Package("1.1.0", "newer"), _time.Now);
        await Eventually.HoldsAsync(() => updates is { Phase: SlotPhase.Committed, Version: "1.1.0" });
        ControlResponse back = await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentRollback, Product = "guard", Reason = "it denies our build" });
        Assert.True(back.Ok, back.Error);
        Assert.Equal("1.0.0", updates.Version);
        ControlResponse pinned = await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentPin, Product = "guard" });
        Assert.StartsWith("guard stays at 1.0.0. ", pinned.Text, StringComparison.Ordinal);
        ControlResponse rolledBack = await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentList });
        Assert.Contains(Assert.Single(rolledBack.Contents!).Slots, static slot => slot is { Version: "1.1.0", Phase: "rolledBack" });
        ControlResponse allowed = await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentAllow, Product = "guard", Version = "1.1.0" });
        Assert.True(allowed.Ok, allowed.Error);
        await Eventually.HoldsAsync(() => updates.Service.CheckOf("guard").Refusal?.Contains("administrator wants 1.0.0. Unpin the product", StringComparison.Ordinal) == true);
        Assert.True((await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentUnpin, Product = "guard" })).Ok);
        await Eventually.HoldsAsync(() => updates.Version == "1.1.0");
        await updates.StopAsync();
        ControlResponse list = await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentList });
        Assert.Contains(Assert.Single(list.Contents!).Slots, static slot => slot is { Version: "1.1.0", InForce: true });
    }

    [Fact]
    public async Task Pin_of_a_version_that_is_not_here_says_so()
    {
        using UpdatesUnderTest updates = await CommittedAsync();
        ControlResponse pinned = await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentPin, Product = "guard", Version = "9.9.9" });
        await updates.StopAsync();
        Assert.True(pinned.Ok, pinned.Error);
        Assert.Equal("guard takes 9.9.9 and no other. It is not here, and is taken when the repository offers it; until then nothing else is. In force: 1.0.0.", pinned.Text);
    }

    [Fact]
    public async Task Roll_back_by_the_administrator_ends_the_watch_and_the_next_version_is_tried_at_once()
    {
        _repository.Publish(PublishedRepository.Package("1.0.0"), _time.Now);
        using var updates = new UpdatesUnderTest(_directory, _repository, _time, onTrialSeconds: 3600);
        updates.Start();
        await Eventually.HoldsAsync(() => updates is { Phase: SlotPhase.OnTrial, Version: "1.0.0" });
        Assert.True((await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentRollback, Product = "guard" })).Ok);
        _repository.Publish(PublishedRepository.Package("1.0.1"), _time.Now);
        await Eventually.HoldsAsync(() => updates is { Phase: SlotPhase.OnTrial, Version: "1.0.1" });
        await updates.StopAsync();
    }

    [Fact]
    public async Task Version_that_made_way_for_a_pin_waits_in_silence_and_is_tried_anew()
    {
        using UpdatesUnderTest updates = await CommittedAsync(onTrialSeconds: 1);
        await PutOnTrialAsync(updates, "1.1.0", "newer");
        Assert.True((await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentPin, Product = "guard", Version = "1.0.0" })).Ok);
        long checks = updates.Counters[AgentCounter.UpdateChecks];
        await Eventually.HoldsAsync(() => updates.Counters[AgentCounter.UpdateChecks] > checks + 2);
        Assert.Equal(("1.0.0", 2), (updates.Version, updates.Tried.Count));
        Assert.DoesNotContain(updates.Told, static told => told.Contains("not put in force", StringComparison.Ordinal));
        Assert.True((await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentUnpin, Product = "guard" })).Ok);
        await Eventually.HoldsAsync(() => updates is { Version: "1.1.0", Phase: SlotPhase.Committed });
        await updates.StopAsync();
        Assert.Equal(3, updates.Tried.Count);
    }

    [Fact]
    public async Task What_waits_goes_on_when_it_is_unpinned_though_no_repository_answers()
    {
        using UpdatesUnderTest updates = await CommittedAsync(onTrialSeconds: 1);
        await PutOnTrialAsync(updates, "1.1.0", "newer");
        Directory.Move(_directory["repository/metadata"], _directory["away"]);
        Assert.True((await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentPin, Product = "guard", Version = "1.0.0" })).Ok);
        long refusals = updates.Counters[AgentCounter.UpdateRefusals];
        await Eventually.HoldsAsync(() => updates.Counters[AgentCounter.UpdateRefusals] > refusals + 2);
        Assert.Equal("1.0.0", updates.Version);
        Assert.True((await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentUnpin, Product = "guard" })).Ok);
        await Eventually.HoldsAsync(() => updates is { Version: "1.1.0", Phase: SlotPhase.Committed });
        await updates.StopAsync();
    }

    [Fact]
    public async Task Nothing_comes_into_force_while_there_is_no_broker_to_say_how_the_product_is()
    {
        _repository.Publish(PublishedRepository.Package("1.0.0"), _time.Now);
        using var updates = new UpdatesUnderTest(_directory, _repository, _time) { HasBroker = false };
        updates.Start();
        await Eventually.HoldsAsync(() => updates.Store.StateOf("guard").A?.Phase == SlotPhase.Tried && updates.Asked > 1);
        Assert.Null(updates.Version);
        updates.HasBroker = true;
        await Eventually.HoldsAsync(() => updates.Phase == SlotPhase.Committed);
        await updates.StopAsync();
    }

    [Fact]
    public async Task Product_that_nobody_follows_is_not_found()
    {
        using var updates = new UpdatesUnderTest(_directory, _repository, _time);
        ControlResponse refused = await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentHistory, Product = "unknown" });
        Assert.Equal(ControlCodes.NotFound, refused.Code);
    }

    private UpdateSource SourceFrom(string root) =>
        new(File.ReadAllBytes(root), _directory["agent"], new LatestTime(_directory.Path, _time, static _ => { }), TimeProvider.System);

    private static async Task<TrustRefusalCode?> RefreshAsync(UpdateSource source, string repository)
    {
        (_, TrustRefusal? refusal) = await source.RefreshAsync(source.Open(repository), TestContext.Current.CancellationToken);
        return refusal?.Code;
    }

    private async Task<byte[]> BundleAsync()
    {
        using var bundle = new MemoryStream();
        await TarFile.CreateFromDirectoryAsync(_repository.Folder, bundle, includeBaseDirectory: false, TestContext.Current.CancellationToken);
        return bundle.ToArray();
    }

    private async Task<UpdatesUnderTest> CommittedAsync(int onTrialSeconds = 0)
    {
        _repository.Publish(PublishedRepository.Package("1.0.0"), _time.Now);
        var updates = new UpdatesUnderTest(_directory, _repository, _time, onTrialSeconds);
        updates.Start();
        await Eventually.HoldsAsync(() => updates.Phase == SlotPhase.Committed);
        return updates;
    }

    private async Task PutOnTrialAsync(UpdatesUnderTest updates, string version, string rules)
    {
        _repository.Publish(PublishedRepository.Package(version, rules), _time.Now);
        await Eventually.HoldsAsync(() => updates.Phase == SlotPhase.OnTrial && updates.Version == version);
    }

    private static async Task<ControlResponse> AskAsync(UpdatesUnderTest updates, ControlRequest request) =>
        (await updates.Requests.HandleAsync(request, TestContext.Current.CancellationToken))!;

    private static async Task<ControlResponse> ImportAsync(UpdatesUnderTest updates, byte[] bundle)
    {
        int half = bundle.Length / 2;
        ControlResponse first = await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentImport, Piece = bundle[..half] });
        Assert.True(first.Ok, first.Error);
        return await AskAsync(updates, new ControlRequest { Operation = ControlOperations.ContentImport, Piece = bundle[half..], Offset = half, Last = true });
    }
}
