using Outwork.Agent.Recording;
using Outwork.Content.Packages;
using Outwork.Content.Store;
using Outwork.Content.Trials;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Updates;

/// <summary>
/// Takes one product's staged content through trial, into force, and to where it is committed or taken back. What it has come to is in
/// the store alone: after a restart at any moment it goes on from there.
/// </summary>
/// <param name="product">The product and its conditions.</param>
/// <param name="store">The state.</param>
/// <param name="trials">Tries content; one at a time for all products.</param>
/// <param name="ring">What the product was asked.</param>
/// <param name="period">Watches what is in force.</param>
/// <param name="news">Told of each step.</param>
/// <param name="counters">Counts them.</param>
/// <param name="time">Clock.</param>
internal sealed class ProductUpdates(
    FollowedProduct product, ContentStore store, ITrialClient trials, QuestionRing ring, ContentPeriod period, ContentNews news, AgentCounters counters, TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryLatest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FinishAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FinishLatest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MoreTime = TimeSpan.FromSeconds(1);

    private TimeSpan _retry = RetryAfter;
    private string? _told;

    /// <summary>The product and its conditions.</summary>
    public FollowedProduct Followed => product;

    /// <summary>Goes on until there is nothing to do: nothing staged and nothing on trial.</summary>
    /// <exception cref="OperationCanceledException">The agent ends.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await SettleAsync(cancellation);
            ProductContentState state = store.StateOf(product.Name);
            if (state[state.InForce] is { Phase: SlotPhase.OnTrial } record)
                await WatchAsync(record, before: null, cancellation);
            else if (Waiting(state) is not { } waiting || (state.Pin is { } pin && pin != waiting.Version))
                return;
            else if (waiting.Phase == SlotPhase.Tried)
                await ActivateAsync(cancellation);
            else if (!await TryAsync(cancellation))
                return;
        }
    }

    private static SlotRecord? Waiting(ProductContentState state) =>
        new[] { state.A, state.B }.FirstOrDefault(static slot => slot?.Phase is SlotPhase.Staged or SlotPhase.Trying or SlotPhase.Tried);

    // A step that holds is finished before anything else: until then the product may read what was taken back.
    private async Task SettleAsync(CancellationToken cancellation)
    {
        for (TimeSpan pause = FinishAfter; store.Settle(product.Name) is { } refusal; pause = Longer(pause, FinishLatest))
        {
            TellOnce($"{refusal} {refusal.Remedy}");
            await Task.Delay(pause, time, cancellation);
        }
    }

    private static TimeSpan Longer(TimeSpan pause, TimeSpan latest) => 2 * pause < latest ? 2 * pause : latest;

    // What is met at every attempt is told at the first.
    private void TellOnce(string what)
    {
        if (_told == what)
            return;
        _told = what;
        news.Tell(product.Name, what);
    }

    // False when there is nothing left to try.
    private async Task<bool> TryAsync(CancellationToken cancellation)
    {
        if (store.BeginTry(product.Name, out StagedContent? staged) is { } refusal)
        {
            if (refusal.Code == ContentRefusalCode.TooManyTries)
                Rejected(refusal.ToString());
            else
                news.Tell(product.Name, $"no trial: {refusal} {refusal.Remedy}");
            return false;
        }

        string version = staged!.Record.Version;
        news.Tell(product.Name, $"{version} is on trial in a second instance; what is in force stays in force");
        TrialReport report = await trials.TryAsync(
            new TrialMessage { Type = TrialTypes.Trial, Product = product.Name, Slot = SlotOf(staged.Folder), Limits = LimitsFor(staged.Manifest.Trial) }, ring, cancellation);
        if (report.Refusal != TrialRefusal.None && !TrialRefusals.BlamesContent(report.Refusal))
        {
            string nothing = $"the trial of {version} came to nothing: {report.What}";
            news.Tell(product.Name, $"{nothing} {report.Remedy}");
            if (store.RecordUntried(product.Name, nothing) is { } untold)
                TellOnce($"{untold} {untold.Remedy}");
            await Task.Delay(_retry, time, cancellation);
            _retry = Longer(_retry, RetryLatest);
            return true;
        }

        _retry = RetryAfter;
        bool passed = report.Refusal == TrialRefusal.None;
        string text = Tell(version, report, passed);
        if (store.RecordTried(product.Name, passed, text) is { } failed)
        {
            news.Tell(product.Name, failed.ToString());
            return false;
        }

        if (passed)
            news.Tell(product.Name, text);
        else
            Rejected($"{version}: {text}");
        return true;
    }

    private static string Tell(string version, TrialReport report, bool passed) => passed
        ? $"{version} passed its trial: {report.What}"
        : $"{report.What} [{report.Code}, after {report.Asked} questions] {report.Remedy}";

    private void Rejected(string text)
    {
        counters.Add(AgentCounter.ContentRejected);
        news.Tell(product.Name, $"content was rejected, nothing in force changed. {text}");
    }

    private async Task ActivateAsync(CancellationToken cancellation)
    {
        // Without a broker nobody could say how the product was before, and so whether it loads what is new.
        if (await period.StatusAsync(cancellation) is not { } before)
        {
            await Task.Delay(MoreTime, time, cancellation);
            return;
        }

        ContentRefusal? refusal = store.Activate(product.Name);
        if (refusal is not null)
        {
            TellOnce($"not put in force: {refusal} {refusal.Remedy}");
            // It may hold all the same; then it is watched from when it is in force, and by how the product was before.
            await SettleAsync(cancellation);
        }

        if (OnTrial() is not { } record)
        {
            await Task.Delay(RetryAfter, time, cancellation);
            return;
        }

        _told = null;
        counters.Add(AgentCounter.ContentActivated);
        news.Tell(product.Name, $"{record.Version} is in force, on trial");
        await WatchAsync(record, before, cancellation);
    }

    private SlotRecord? OnTrial() => store.StateOf(product.Name) is var state && state[state.InForce] is { Phase: SlotPhase.OnTrial } record ? record : null;

    // One watch until it is decided: with another one a failure between the two would not be seen.
    private async Task WatchAsync(SlotRecord record, StatusSnapshot? before, CancellationToken cancellation)
    {
        var watch = new OnTrialWatch(product.Name, before, record.InForceSince);
        var length = TimeSpan.FromSeconds(product.OnTrialSeconds);
        while (true)
        {
            string? fault = await period.WatchAsync(watch, () => OnTrial()?.Sha256 == record.Sha256, SinceInForce(record), length, cancellation);
            if (OnTrial() is not { } now || now.Sha256 != record.Sha256)
                return;
            record = now;
            if (fault is not null)
            {
                await RollBackAsync(record, fault, cancellation);
                return;
            }

            if (Commit(record))
                return;
            length = SinceInForce(record) + MoreTime;
        }
    }

    private TimeSpan SinceInForce(SlotRecord record)
    {
        TimeSpan inForce = time.GetUtcNow() - (record.InForceSince ?? time.GetUtcNow());
        return inForce < TimeSpan.Zero ? TimeSpan.Zero : inForce;
    }

    // False when its manifest asks for more time than the administrator.
    private bool Commit(SlotRecord record)
    {
        if (store.Commit(product.Name, new CommitConditions { MinimumSeconds = product.OnTrialSeconds }) is not { } refusal)
        {
            _told = null;
            counters.Add(AgentCounter.ContentCommitted);
            news.Tell(product.Name, $"{record.Version} has proved itself and is the last known good");
            return true;
        }

        if (refusal.Code != ContentRefusalCode.TooEarly)
            TellOnce($"{record.Version} cannot be committed: {refusal} {refusal.Remedy}");
        return false;
    }

    // Until it is taken back: another watch would know nothing of the fault.
    private async Task RollBackAsync(SlotRecord record, string fault, CancellationToken cancellation)
    {
        for (TimeSpan pause = FinishAfter; store.RollBack(product.Name, fault, record.Sha256) is { } refusal; pause = Longer(pause, FinishLatest))
        {
            // The administrator was first.
            if (refusal.Code == ContentRefusalCode.NothingThere)
                return;
            TellOnce($"{record.Version} fails ({fault}) and could not be taken back: {refusal} {refusal.Remedy}");
            await Task.Delay(pause, time, cancellation);
            await SettleAsync(cancellation);
            if (OnTrial()?.Sha256 != record.Sha256)
                break;
        }

        _told = null;
        counters.Add(AgentCounter.ContentRolledBack);
        news.Tell(product.Name, $"{record.Version} was taken back and is denied here: {fault}");
    }

    // The stricter of what the administrator and what the package asks for.
    private TrialLimits LimitsFor(TrialConditions asked) => product.Limits with
    {
        Questions = Math.Max(product.Limits.Questions, asked.MinimumReplayedEvents),
        LiveSeconds = Math.Max(product.Limits.LiveSeconds, asked.MinimumLiveSeconds),
        LiveEvents = Math.Max(product.Limits.LiveEvents, asked.MinimumLiveEvents),
        MemoryGrowthMiB = Math.Min(product.Limits.MemoryGrowthMiB, asked.MaximumMemoryGrowthMiB),
        MissedDeadlines = Math.Min(product.Limits.MissedDeadlines, asked.MaximumMissedDeadlines),
        NewlyDenied = Math.Min(product.Limits.NewlyDenied, asked.MaximumNewlyDenied),
    };

    private static string SlotOf(string folder) => folder[(folder.LastIndexOf('/') + 1)..];
}
