using Outwork.Content.Packages;

namespace Outwork.Content.Store;

/// <summary>
/// The content of a device's products: two slots each, of which one is in force and is never written to, and what was good before. Whenever the
/// power is cut, opening the store again finds one whole content in force and the last step done or not begun. Layout: docs/content-store.md.
/// </summary>
/// <remarks>
/// Thread-safe, and what one product waits for keeps no other waiting. One process at a time: there is a lock. A refusal leaves in force what was, but for
/// <see cref="ContentRefusalCode.Unfinished"/>.
/// </remarks>
public sealed class ContentStore : IDisposable
{
    // Of the products and what is reserved; a product's own is held for its steps.
    private readonly Lock _gate = new();
    private readonly IContentFiles _files;
    private readonly ContentStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly IDisposable _lock;
    private readonly SortedDictionary<string, ProductContent> _products = new(StringComparer.Ordinal);

    private ContentStore(IContentFiles files, ContentStoreOptions options, TimeProvider time, IDisposable held) =>
        (_files, _options, _time, _lock) = (files, options, time, held);

    /// <summary>
    /// Opens a store, reads every byte of its content, and puts right what is not as it was left; null, and why, when it cannot. A product whose files cannot be
    /// read or written is looked at again with its next step, and keeps no other from being there.
    /// </summary>
    public static ContentStore? Open(IContentFiles files, ContentStoreOptions options, TimeProvider time, out ContentRefusal? refusal)
    {
        refusal = null;
        try
        {
            if (files.TryLock(ContentPaths.Lock) is not { } held)
            {
                refusal = new ContentRefusal(ContentRefusalCode.Locked, "the content store", "another process has it");
                return null;
            }

            var store = new ContentStore(files, options, time, held);
            try
            {
                foreach (string name in files.List("").Where(ManifestFields.IsName))
                    store.Recover(name);
                return store;
            }
            catch
            {
                store.Dispose();
                throw;
            }
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            refusal = new ContentRefusal(ContentRefusalCode.DiskFailed, "the content store", failed.Message);
            return null;
        }
    }

    /// <summary>Every product that there is content of, or was.</summary>
    public IReadOnlyList<KeyValuePair<string, ProductContentState>> List()
    {
        lock (_gate)
            return [.. _products.Select(static p => KeyValuePair.Create(p.Key, p.Value.State))];
    }

    /// <summary>The state of a product; one without anything when there is none.</summary>
    public ProductContentState StateOf(string product)
    {
        lock (_gate)
            return _products.TryGetValue(product, out ProductContent? content) ? content.State : new ProductContentState();
    }

    /// <summary>What happened to a product's content, the oldest first.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public IReadOnlyList<ContentHistoryEntry> History(string product)
    {
        ProductContent? content;
        lock (_gate)
            content = _products.GetValueOrDefault(product);
        if (content is null)
            return [];
        lock (content.Gate)
            return content.History;
    }

    /// <summary>Unpacks a package into the slot that is not in force; null when it is there, whole and on the disk.</summary>
    /// <param name="product">The product that it must be for.</param>
    /// <param name="package">The package; it is read twice, so it must be seekable.</param>
    /// <param name="sha256">SHA-256 that it must have, lower-case hexadecimal.</param>
    public ContentRefusal? Stage(string product, Stream package, string sha256)
    {
        if (!package.CanSeek)
            throw new ArgumentException("It is read twice.", nameof(package));
        if (!ManifestFields.IsName(product))
            return new ContentRefusal(ContentRefusalCode.NothingThere, product, "no name of a product");
        return Do(product, content =>
        {
            try
            {
                return new ContentStaging(_files, _options, content, bytes => Reserve(content, bytes)).Stage(package, sha256);
            }
            finally
            {
                lock (_gate)
                    content.ReservedBytes = 0;
            }
        }, isNew: true);
    }

    /// <summary>
    /// Finishes a step that holds and that the disk let nobody finish (<see cref="ContentRefusalCode.Unfinished"/>), and looks again at what could not be
    /// read; null when nothing is left to be done. To be asked for again until then: what was taken back may still be what the product reads.
    /// </summary>
    public ContentRefusal? Settle(string product) => Do(product, act: null) is { Code: not ContentRefusalCode.NothingThere } refusal ? refusal : null;

    /// <summary>Begins a trial of what is staged. It is counted: one that takes the machine down with it every time is not begun for ever.</summary>
    public ContentRefusal? BeginTry(string product, out StagedContent? staged)
    {
        StagedContent? found = null;
        ContentRefusal? refusal = Do(product, content => ContentTransitions.BeginTry(content, _options.Tries, out found));
        staged = found;
        return refusal;
    }

    /// <summary>Ends a trial. What failed is denied.</summary>
    /// <param name="product">The product.</param>
    /// <param name="passed">Whether it may be in force.</param>
    /// <param name="text">What came of it, for people.</param>
    public ContentRefusal? RecordTried(string product, bool passed, string text) => Do(product, content => ContentTransitions.RecordTried(content, passed, text));

    /// <summary>Ends a trial that says nothing about the content, which is staged as if it had not begun.</summary>
    /// <param name="product">The product.</param>
    /// <param name="text">What came of it, for people.</param>
    public ContentRefusal? RecordUntried(string product, string text) => Do(product, content => ContentTransitions.RecordUntried(content, text));

    /// <summary>Puts in force, on trial, what passed its trial. Returns when it holds through a power cut.</summary>
    public ContentRefusal? Activate(string product) => Do(product, ContentTransitions.Activate);

    /// <summary>Makes what is on trial the last known good, once it was for long enough.</summary>
    /// <param name="product">The product.</param>
    /// <param name="administrator">What the administrator asks for; the package may ask for more.</param>
    public ContentRefusal? Commit(string product, CommitConditions administrator) => Do(product, content => ContentTransitions.Commit(content, administrator));

    /// <summary>Puts in force what was before, or the administrator's own content when there is nothing, and denies what is in force now.</summary>
    /// <param name="product">The product.</param>
    /// <param name="reason">Why, for people.</param>
    /// <param name="onTrial">Digest of the package that must be on trial, so that what somebody else put in force meanwhile stays; null for whatever is in force.</param>
    public ContentRefusal? RollBack(string product, string reason, string? onTrial = null) => Do(product, content => ContentTransitions.RollBack(content, reason, onTrial));

    /// <summary>No other version is staged any more. If it is the one before, it is in force at once.</summary>
    public ContentRefusal? Pin(string product, PackageVersion version) => Do(product, content => ContentTransitions.Pin(content, version.ToString()));

    /// <summary>Any version is staged again.</summary>
    public ContentRefusal? Unpin(string product) => Do(product, ContentTransitions.Unpin);

    /// <summary>Forgets that a version failed.</summary>
    public ContentRefusal? Allow(string product, PackageVersion version) => Do(product, content => ContentTransitions.Allow(content, version.ToString()));

    /// <summary>Lets another process have the store.</summary>
    public void Dispose() => _lock.Dispose();

    private void Recover(string product)
    {
        var content = new ProductContent(_files, product, _options, _time);
        try
        {
            content.Recover();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            // It stays uncertain: each step begins with another look, and tells what is wrong.
        }

        if (!content.IsNothing)
            _products.Add(product, content);
    }

    // Without an act it is settled alone.
    private ContentRefusal? Do(string product, Func<ProductContent, ContentRefusal?>? act, bool isNew = false)
    {
        while (true)
        {
            if (Find(product, isNew, out ProductContent? content) is { } refusal)
                return refusal;
            lock (content!.Gate)
            {
                if (content.IsForgotten)
                    continue;
                try
                {
                    return content.Do(act, isNew);
                }
                finally
                {
                    Forget(content);
                }
            }
        }
    }

    private ContentRefusal? Find(string product, bool isNew, out ProductContent? content)
    {
        lock (_gate)
        {
            if (_products.TryGetValue(product, out content))
                return null;
            if (!isNew)
                return new ContentRefusal(ContentRefusalCode.NothingThere, product, "there is no content of such a product");
            if (_products.Count >= _options.Products)
                return new ContentRefusal(ContentRefusalCode.TooManyProducts, product, $"there are {_products.Count} products; {_options.Products} are allowed");
            _products.Add(product, content = new ProductContent(_files, product, _options, _time));
            return null;
        }
    }

    // Whoever offers nonsense does not become a product by it.
    private void Forget(ProductContent content)
    {
        if (!content.IsNothing)
            return;
        content.IsForgotten = true;
        lock (_gate)
            _products.Remove(content.Product);
    }

    // Null when there is room, which is kept for the product; else what all others take.
    private long? Reserve(ProductContent content, long bytes)
    {
        lock (_gate)
        {
            long others = _products.Values.Where(other => other != content).Sum(static other => Math.Max(other.State.DiskBytes, other.ReservedBytes));
            if (bytes > _options.StoreBytes - others)
                return others;
            content.ReservedBytes = bytes;
            return null;
        }
    }
}
