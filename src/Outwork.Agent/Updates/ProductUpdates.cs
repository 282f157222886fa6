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
    // The remedy after it is kept whole.
    private const int LongestFinding = 1_400;

    private static readonly TimeSpan MoreTime = TimeSpan.FromSeconds(1);

    private readonly ProductNews _news = new(product.Name, news);

    private TimeSpan _retry = RetryAfter;
    private TimeSpan _pause = FinishAfter;

    /// <summary>The product and its conditions.</summary>
    public FollowedProduct Followed => product;

    /// <summary>Goes on until there is nothing to do: nothing on trial and, of what is followed, nothing staged.</summary>
    /// <exception cref="OperationCanceledException">The agent ends.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await SettleAsync(cancellation);
            ProductContentState state = store.StateOf(product.Name);
            if (state[state.InForce] is { Phase: SlotPhase.OnTrial } record)
                await WatchAsync(record, before: null, cancellation);
            else if (product.Target is null || Waiting(state) is not { } waiting || (state.Pin is { } pin && pin != waiting.Version))
                return;
            else if (waiting.Phase == SlotPhase.Tried)
                await ActivateAsync(cancellation);
            else
                await TryAsync(cancellation);
        }
    }

    private static SlotRecord? Waiting(ProductContentState state) =>
        new[] { state.A, state.B }.FirstOrDefault(static slot => slot?.Phase is SlotPhase.Staged or SlotPhase.Trying or SlotPhase.Tried);

    // A step that holds is finished before anything else: until then the product may read what was taken back.
    private async Task SettleAsync(CancellationToken cancellation)
    {
        for (TimeSpan pause = FinishAfter; store.Settle(product.Name) is { } refusal; pause = Longer(pause, FinishLatest))
        {
            _news.TellOnce(refusal.WithRemedy);
            await Task.Delay(pause, time, cancellation);
        }
    }

    private static TimeSpan Longer(TimeSpan pause, TimeSpan latest) => 2 * pause < latest ? 2 * pause : latest;

    private async Task TryAsync(CancellationToken cancellation)
    {
        if (store.BeginTry(product.Name, out StagedContent? staged) is { } refusal)
        {
            await NotBegunAsync(refusal, cancellation);
            return;
        }

        _pause = FinishAfter;
        string version = staged!.Record.Version;
        _news.Tell($"{version} is on trial in a second instance; what is in force stays in force");
        TrialReport report = await trials.TryAsync(
            new TrialMessage { Type = TrialTypes.Trial, Product = product.Name, Slot = Path.GetFileName(staged.Folder), Limits = product.LimitsFor(staged.Manifest.Trial) }, ring, cancellation);
        if (report.Refusal != TrialRefusal.None && !TrialRefusals.BlamesContent(report.Refusal))
        {
            string nothing = $"the trial of {version} came to nothing: {report.What}";
            _news.Tell($"{nothing} {report.Remedy}");
            if (store.RecordUntried(product.Name, nothing) is { } untold)
                _news.TellOnce(untold.WithRemedy);
            await Task.Delay(_retry, time, cancellation);
            _retry = Longer(_retry, RetryLatest);
            return;
        }

        _retry = RetryAfter;
        bool passed = report.Refusal == TrialRefusal.None;
        string text = passed
            ? $"{version} passed its trial: {report.What}"
            : $"{BoundedText.Cut(report.What ?? "", LongestFinding)} [{report.Code}, after {report.Asked} questions] {report.Remedy}";
        if (!await RecordAsync(staged.Record, passed, text, cancellation))
            return;
        _news.Forget();
        if (passed)
            _news.Tell(text);
        else
            Rejected($"{version}: {text}");
    }

    // It is begun again; one that the disk let nobody begin is not counted.
    private async Task NotBegunAsync(ContentRefusal refusal, CancellationToken cancellation)
    {
        if (refusal.Code == ContentRefusalCode.TooManyTries)
            Rejected(refusal.ToString());
        if (refusal.Code is ContentRefusalCode.TooManyTries or ContentRefusalCode.NothingThere)
            return;
        _news.TellOnce($"no trial: {refusal.WithRemedy}");
        await Task.Delay(_pause, time, cancellation);
        _pause = Longer(_pause, FinishLatest);
        await SettleAsync(cancellation);
        if (refusal.Code == ContentRefusalCode.Unfinished)
            _ = store.RecordUntried(product.Name, "the disk let nobody begin the trial");
    }

    // Until it is kept: a trial takes long, and what it found out holds. False when another package took the place of what was tried.
    private async Task<bool> RecordAsync(SlotRecord tried, bool passed, string text, CancellationToken cancellation)
    {
        for (TimeSpan pause = FinishAfter; store.RecordTried(product.Name, passed, text) is { } refusal; pause = Longer(pause, FinishLatest))
        {
            if (refusal.Code == ContentRefusalCode.NothingThere)
                return false;
            _news.TellOnce($"what the trial of {tried.Version} found is not kept yet: {refusal.WithRemedy}");
            if (refusal.Code == ContentRefusalCode.Unfinished)
                return true;
            await Task.Delay(pause, time, cancellation);
            await SettleAsync(cancellation);
            ProductContentState state = store.StateOf(product.Name);
            if (new[] { state.A, state.B }.Any(slot => slot?.Sha256 == tried.Sha256 && slot.Phase is SlotPhase.Tried or SlotPhase.RolledBack))
                return true;
        }

        return true;
    }

    private void Rejected(string text)
    {
        counters.Add(AgentCounter.ContentRejected);
        _news.Tell($"content was rejected, nothing in force changed. {text}");
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
            _news.TellOnce($"not put in force: {refusal.WithRemedy}");
            // It may hold all the same; then it is watched from when it is in force, and by how the product was before.
            await SettleAsync(cancellation);
        }

        if (OnTrial() is not { } record)
        {
            await Task.Delay(RetryAfter, time, cancellation);
            return;
        }

        _news.Forget();
        counters.Add(AgentCounter.ContentActivated);
        _news.Tell($"{record.Version} is in force, on trial");
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
        ContentRefusal? refusal = store.Commit(product.Name, new CommitConditions { MinimumSeconds = product.OnTrialSeconds });
        // What is decided and not finished holds, and is finished before anything else.
        if (refusal is null || (refusal.Code == ContentRefusalCode.Unfinished && store.StateOf(product.Name) is var state && state[state.InForce]?.Phase == SlotPhase.Committed))
        {
            _news.Forget();
            counters.Add(AgentCounter.ContentCommitted);
            _news.Tell($"{record.Version} has proved itself and is the last known good");
            return true;
        }

        if (refusal.Code != ContentRefusalCode.TooEarly)
            _news.TellOnce($"{record.Version} cannot be committed: {refusal.WithRemedy}");
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
            _news.TellOnce($"{record.Version} fails ({fault}) and could not be taken back: {refusal.WithRemedy}");
            await Task.Delay(pause, time, cancellation);
            await SettleAsync(cancellation);
            if (OnTrial()?.Sha256 != record.Sha256)
                break;
        }

        _news.Forget();
        counters.Add(AgentCounter.ContentRolledBack);
        _news.Tell($"{record.Version} was taken back and is denied here: {fault}");
    }
}
