using System.Security.Cryptography;
using Outwork.Agent.Recording;
using Outwork.Content.Mirrors;
using Outwork.Content.Store;
using Outwork.Platform.Linux;
using Outwork.Trust.Workflow;

namespace Outwork.Agent.Updates;

/// <summary>Follows the repository: asks it, verifies, stages, and has each product's content tried. Works offline with what it has.</summary>
/// <param name="options">What is followed.</param>
/// <param name="source">Asks.</param>
/// <param name="store">The state of all content.</param>
/// <param name="products">One for each followed product.</param>
/// <param name="recorder">Kept now and then.</param>
/// <param name="news">Told of what happens.</param>
/// <param name="counters">Counts it.</param>
/// <param name="schedule">When it is asked.</param>
/// <param name="time">Clock.</param>
internal sealed class UpdateService(
    UpdateOptions options, UpdateSource source, ContentStore store, IReadOnlyList<ProductUpdates> products, QuestionRecorder recorder, ContentNews news, AgentCounters counters, PollSchedule schedule, TimeProvider time)
    : IDisposable
{
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly Dictionary<string, CheckedProduct> _checked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task> _runs = new(StringComparer.Ordinal);
    private CancellationToken _ended;
    private string? _told;

    /// <summary>The followed products.</summary>
    public IReadOnlyList<ProductUpdates> Products => products;

    /// <summary>What came of asking for a product the last time.</summary>
    public CheckedProduct CheckOf(string product)
    {
        lock (_checked)
            return _checked.GetValueOrDefault(product, new CheckedProduct(0, null, null));
    }

    /// <summary>Works until the token is cancelled. Throws for nothing that a repository, a disk or a product does.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        _ended = cancellation;
        Task saving = SaveAsync(cancellation);
        try
        {
            // What a restart interrupted goes on before anything new comes.
            foreach (ProductUpdates product in products)
                Continue(product);
            IMirror mirror = source.Open(options.Repository);
            using IDisposable? connection = mirror as IDisposable;
            while (true)
            {
                bool answered = await AskAsync(mirror, cancellation);
                await Task.Delay(answered ? schedule.AfterSuccess() : schedule.AfterFailure(), time, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // The agent ends; where each product stands is in the store.
        }

        await saving;
        await Task.WhenAll(Runs());
        recorder.Save();
    }

    /// <summary>Asks a repository once, as an imported bundle is: with the very same workflow.</summary>
    /// <returns>A sentence for each product.</returns>
    public async Task<(bool Ok, string Text)> ImportAsync(IMirror bundle, CancellationToken cancellation)
    {
        bool answered = await AskAsync(bundle, cancellation);
        return (answered, string.Join('\n', products.Select(product => $"{product.Followed.Name}: {CheckOf(product.Followed.Name).Refusal ?? "the package of the bundle is staged; see outwork content history"}")));
    }

    /// <summary>What the administrator changed may let in what was refused before.</summary>
    public void Reconsider(string product) => SetChecked(product, null);

    /// <inheritdoc/>
    public void Dispose() => _asking.Dispose();

    /// <summary>Has a product's content go on from where it stands, unless it does already.</summary>
    public void Continue(ProductUpdates product)
    {
        lock (_runs)
        {
            if (!_runs.TryGetValue(product.Followed.Name, out Task? running) || running.IsCompleted)
                _runs[product.Followed.Name] = Task.Run(() => RunAsync(product), CancellationToken.None);
        }
    }

    private Task[] Runs()
    {
        lock (_runs)
            return [.. _runs.Values];
    }

    private async Task RunAsync(ProductUpdates product)
    {
        try
        {
            await product.RunAsync(_ended);
        }
        catch (OperationCanceledException)
        {
            // Goes on after the next start.
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or LinuxException)
        {
            news.Tell(product.Followed.Name, $"the disk failed: {failed.Message}. What is in force stays in force; it is tried again with the next package or start.");
        }
    }

    private async Task<bool> AskAsync(IMirror mirror, CancellationToken cancellation)
    {
        await _asking.WaitAsync(cancellation);
        try
        {
            counters.Add(AgentCounter.UpdateChecks);
            (RepositoryClient? client, TrustRefusal? refusal) = await source.RefreshAsync(mirror, cancellation);
            if (client is null)
            {
                Refused(refusal!.ToString());
                return false;
            }

            _told = null;
            bool all = true;
            foreach (ProductUpdates product in products)
                all &= await AskAsync(client, product, cancellation);
            return all;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Refused($"The disk failed: {failed.Message}");
            return false;
        }
        finally
        {
            _asking.Release();
        }
    }

    // Told once, however often it is met: a device may be offline for weeks.
    private void Refused(string what)
    {
        counters.Add(AgentCounter.UpdateRefusals);
        foreach (ProductUpdates product in products)
            SetChecked(product.Followed.Name, what);
        if (_told == what)
            return;
        _told = what;
        news.Tell("updates", what);
    }

    private async Task<bool> AskAsync(RepositoryClient client, ProductUpdates product, CancellationToken cancellation)
    {
        string name = product.Followed.Name;
        TrustStep step = await client.FindAsync(product.Followed.Target, cancellation);
        if (step is not FoundStep found)
            return Tell(name, ((RefusedStep)step).Refusal);
        string? sha256 = found.Target.Hashes.Digests.FirstOrDefault(static digest => digest.Key == "sha256").Value;
        if (sha256 is not null && IsKnown(name, sha256))
        {
            counters.Add(AgentCounter.UpdatesUnchanged);
            SetChecked(name, null);
            Continue(product);
            return true;
        }

        if (store.StateOf(name) is var state && state[state.InForce]?.Phase == SlotPhase.OnTrial)
        {
            // Both slots are taken until it is decided: then it is fetched.
            SetChecked(name, null);
            return true;
        }

        if (sha256 is not null && CheckOf(name) is { Refusal: not null } before && before.Sha256 == sha256)
            return true;
        (string? path, TrustRefusal? refusal) = await source.FetchAsync(client, found, name, cancellation);
        if (path is null)
            return Tell(name, refusal!);
        try
        {
            await using FileStream package = File.OpenRead(path);
            sha256 ??= Convert.ToHexStringLower(await SHA256.HashDataAsync(package, cancellation));
            package.Position = 0;
            ContentRefusal? refused = store.Stage(name, package, sha256);
            Staged(product, refused, sha256);
            return true;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private bool Tell(string product, TrustRefusal refusal)
    {
        counters.Add(AgentCounter.UpdateRefusals);
        if (CheckOf(product).Refusal != refusal.ToString())
            news.Tell(product, refusal.ToString());
        SetChecked(product, refusal.ToString());
        return false;
    }

    // In force, staged, or denied: nothing that had to be fetched again. What was taken back stays denied by its digest.
    private bool IsKnown(string product, string sha256)
    {
        ProductContentState state = store.StateOf(product);
        return state.Denied.Any(denied => denied.Sha256 == sha256)
            || (state.A?.Sha256 == sha256 && IsLive(state.A)) || (state.B?.Sha256 == sha256 && IsLive(state.B));
    }

    private static bool IsLive(SlotRecord record) => record.Phase is not (SlotPhase.Retired or SlotPhase.RolledBack);

    private void Staged(ProductUpdates product, ContentRefusal? refused, string sha256)
    {
        string name = product.Followed.Name;
        string? text = refused is null or { Code: ContentRefusalCode.AlreadyHere } ? null : $"{refused} {refused.Remedy}";
        if (refused is null)
            news.Tell(name, $"a new package was verified and unpacked ({sha256[..12]})");
        else if (text is not null && CheckOf(name).Refusal != text)
            news.Tell(name, text);
        SetChecked(name, text, refused?.Code is ContentRefusalCode.DiskFailed or ContentRefusalCode.Unfinished or ContentRefusalCode.OnTrial ? null : sha256);
        Continue(product);
    }

    private void SetChecked(string product, string? refusal, string? sha256 = null)
    {
        lock (_checked)
        {
            long before = _checked.GetValueOrDefault(product, new CheckedProduct(0, null, null)).TimeUnixMs;
            _checked[product] = new CheckedProduct(refusal is null ? time.GetUtcNow().ToUnixTimeMilliseconds() : before, refusal, refusal is null ? null : sha256);
        }
    }

    private async Task SaveAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(SaveEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                recorder.Save();
        }
        catch (OperationCanceledException)
        {
            // Kept once more at the end.
        }
    }
}

/// <summary>What came of asking for a product.</summary>
/// <param name="TimeUnixMs">When it last went well, ms since 1970 (UTC); 0 for never.</param>
/// <param name="Refusal">Why it did not the last time; null when it did.</param>
/// <param name="Sha256">The package that was refused, which is not fetched again; null when there is none.</param>
internal sealed record CheckedProduct(long TimeUnixMs, string? Refusal, string? Sha256);
