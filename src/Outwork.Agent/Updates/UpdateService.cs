using System.Security.Cryptography;
using Outwork.Agent.Recording;
using Outwork.Content.Mirrors;
using Outwork.Content.Store;
using Outwork.Contracts.Control;
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
    private readonly CheckedProducts _checked = new(time);
    private readonly Dictionary<string, ProductRun> _runs = new(StringComparer.Ordinal);
    private CancellationToken _ended;
    private string? _told;

    /// <summary>The products that are followed, and those whose content is only watched.</summary>
    public IReadOnlyList<ProductUpdates> Products => products;

    /// <summary>There is a repository. Without one nothing new comes into force; what is on trial there is watched to its end.</summary>
    public bool Follows => options.Repository is not null;

    /// <summary>What came of asking for a product the last time.</summary>
    public CheckedProduct CheckOf(string product) => _checked.Of(product);

    /// <summary>Works until the token is cancelled. Throws for nothing that a repository, a disk or a product does.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        _ended = cancellation;
        Task saving = recorder.SaveEveryAsync(SaveEvery, time, cancellation);
        try
        {
            // What a restart interrupted goes on before anything new comes.
            foreach (ProductUpdates product in products.Where(IsFollowed))
                Continue(product);
            await (options.Repository is { } repository ? PollAsync(repository, cancellation) : Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation));
        }
        catch (OperationCanceledException)
        {
            // The agent ends; where each product stands is in the store.
        }

        await saving;
        await Task.WhenAll(Runs());
    }

    /// <summary>Asks a repository once, as an imported bundle is: with the very same workflow.</summary>
    /// <returns>Null, or the code of the first package that is not here now; and a sentence for each product.</returns>
    public async Task<(string? Code, string Text)> ImportAsync(IMirror bundle, CancellationToken cancellation)
    {
        if (await AskAsync(bundle, cancellation) is not { } asked)
            return (ControlCodes.BundleInvalid, _told ?? "");
        return (asked.Find(static package => package.Code is not null).Code, string.Join('\n', asked.Select(static package => package.Text)));
    }

    /// <summary>What the administrator changed may let in what was refused before.</summary>
    public void Reconsider(string product) => _checked.Set(product, null);

    /// <inheritdoc/>
    public void Dispose() => _asking.Dispose();

    /// <summary>Has a product's content go on from where it stands.</summary>
    /// <param name="product">The product.</param>
    /// <param name="isOvertaken">What is being tried has just made way for another package.</param>
    public void Continue(ProductUpdates product, bool isOvertaken = false)
    {
        ProductRun? run;
        lock (_runs)
        {
            if (!_runs.TryGetValue(product.Followed.Name, out run))
                _runs.Add(product.Followed.Name, run = new ProductRun(cancellation => RunAsync(product, cancellation)));
        }

        run.Wake(isOvertaken, _ended);
    }

    private Task[] Runs()
    {
        lock (_runs)
            return [.. _runs.Values.Select(static run => run.Task)];
    }

    // What nobody follows is watched while it is on trial in force, and goes no further.
    private bool IsFollowed(ProductUpdates product) =>
        product.Followed.Target is not null || (store.StateOf(product.Followed.Name) is var state && state[state.InForce]?.Phase == SlotPhase.OnTrial);

    private async Task RunAsync(ProductUpdates product, CancellationToken cancellation)
    {
        try
        {
            await product.RunAsync(cancellation);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or LinuxException)
        {
            news.Tell(product.Followed.Name, $"the disk failed: {failed.Message}. What is in force stays in force; it is tried again with the next package or start.");
        }
    }

    private async Task PollAsync(string repository, CancellationToken cancellation)
    {
        IMirror mirror = source.Open(repository);
        using IDisposable? connection = mirror as IDisposable;
        await Task.Delay(schedule.AtFirst(), time, cancellation);
        while (true)
        {
            bool answered = await AskAsync(mirror, cancellation) is { } asked && asked.TrueForAll(static package => package.Answered);
            await Task.Delay(answered ? schedule.AfterSuccess() : schedule.AfterFailure(), time, cancellation);
        }
    }

    // Null, and told, when nothing of it can be trusted.
    private async Task<List<AskedPackage>?> AskAsync(IMirror mirror, CancellationToken cancellation)
    {
        await _asking.WaitAsync(cancellation);
        try
        {
            counters.Add(AgentCounter.UpdateChecks);
            (RepositoryClient? client, TrustRefusal? refusal) = await source.RefreshAsync(mirror, cancellation);
            if (client is null)
            {
                Refused(refusal!.ToString());
                return null;
            }

            _told = null;
            var asked = new List<AskedPackage>();
            foreach (ProductUpdates product in products)
            {
                if (product.Followed.Target is { } target)
                    asked.Add(await AskAsync(client, product, target, cancellation));
            }

            return asked;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Refused($"The disk failed: {failed.Message}");
            return null;
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
            _checked.Set(product.Followed.Name, what);
        if (_told == what)
            return;
        _told = what;
        news.Tell("updates", what);
    }

    private async Task<AskedPackage> AskAsync(RepositoryClient client, ProductUpdates product, string target, CancellationToken cancellation)
    {
        string name = product.Followed.Name;
        TrustStep step = await client.FindAsync(target, cancellation);
        if (step is not FoundStep found)
            return Tell(name, ((RefusedStep)step).Refusal);
        string? sha256 = found.Target.Hashes.Digests.FirstOrDefault(static digest => digest.Key == "sha256").Value;
        if (sha256 is not null && IsKnown(name, sha256))
        {
            counters.Add(AgentCounter.UpdatesUnchanged);
            _checked.Set(name, null);
            Continue(product);
            return store.StateOf(name).Denied.FirstOrDefault(denied => denied.Sha256 == sha256) is { } failed
                ? AskedPackage.Of(name, new ContentRefusal(ContentRefusalCode.Denied, failed.Version, $"this package failed here: {failed.Reason}"))
                : new AskedPackage(Answered: true, Code: null, $"{name}: this package is here already");
        }

        if (store.StateOf(name) is var state && state[state.InForce] is { Phase: SlotPhase.OnTrial } onTrial)
        {
            // Both slots are taken until it is decided: then it is fetched.
            _checked.Set(name, null);
            return AskedPackage.Of(name, new ContentRefusal(ContentRefusalCode.OnTrial, onTrial.Version, "it is on trial in force, and this package is not taken before that is decided"));
        }

        if (sha256 is not null && CheckOf(name) is { Refusal: { } why } before && before.Sha256 == sha256)
            return new AskedPackage(Answered: true, before.Code, $"{name}: {why}");
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
            return refused is null or { Code: ContentRefusalCode.AlreadyHere }
                ? new AskedPackage(Answered: true, Code: null, $"{name}: the package is staged; see outwork content history {name}")
                : AskedPackage.Of(name, refused);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private AskedPackage Tell(string product, TrustRefusal refusal)
    {
        counters.Add(AgentCounter.UpdateRefusals);
        if (CheckOf(product).Refusal != refusal.ToString())
            news.Tell(product, refusal.ToString());
        _checked.Set(product, refusal.ToString());
        return new AskedPackage(Answered: false, ControlCodes.BundleInvalid, $"{product}: {refusal}");
    }

    // In force, staged, or denied: nothing that had to be fetched again. What was taken back stays denied by its digest.
    private bool IsKnown(string product, string sha256)
    {
        ProductContentState state = store.StateOf(product);
        return state.Denied.Any(denied => denied.Sha256 == sha256)
            || new[] { state.A, state.B }.Any(slot => slot?.Sha256 == sha256 && slot.Phase is not (SlotPhase.Retired or SlotPhase.RolledBack));
    }

    private void Staged(ProductUpdates product, ContentRefusal? refused, string sha256)
    {
        string name = product.Followed.Name;
        string? text = refused is null or { Code: ContentRefusalCode.AlreadyHere } ? null : refused.WithRemedy;
        if (refused is null)
            news.Tell(name, $"a new package was verified and unpacked ({sha256[..12]})");
        else if (text is not null && CheckOf(name).Refusal != text)
            news.Tell(name, text);
        _checked.Set(name, text, refused?.Code is ContentRefusalCode.DiskFailed or ContentRefusalCode.Unfinished or ContentRefusalCode.OnTrial ? null : sha256, refused?.CodeText);
        Continue(product, isOvertaken: refused is null);
    }
}
