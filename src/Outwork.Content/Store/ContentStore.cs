using Outwork.Content.Packages;

namespace Outwork.Content.Store;

/// <summary>
/// The content of a device's products: two slots each, of which one is in force and is never written to, and what was good before. Whenever the
/// power is cut, opening the store again finds one whole content in force and the last step done or not begun. Layout: docs/content-store.md.
/// </summary>
/// <remarks>Thread-safe. One process at a time: there is a lock. A refusal leaves in force what was.</remarks>
public sealed class ContentStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IContentFiles _files;
    private readonly ContentStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly IDisposable _lock;
    private readonly SortedDictionary<string, ProductContent> _products = new(StringComparer.Ordinal);

    private ContentStore(IContentFiles files, ContentStoreOptions options, TimeProvider time, IDisposable held) =>
        (_files, _options, _time, _lock) = (files, options, time, held);

    /// <summary>Opens a store, reads every byte of its content, and puts right what is not as it was left; null, and why, when it cannot.</summary>
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
                foreach (string name in files.List("").Where(name => ManifestFields.IsName(name) && files.KindOf(name) == ContentEntryKind.Folder))
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
        lock (_gate)
            return _products.TryGetValue(product, out ProductContent? content) ? content.History : [];
    }

    /// <summary>Unpacks a package into the slot that is not in force; null when it is there, whole and on the disk.</summary>
    /// <param name="product">The product that it must be for.</param>
    /// <param name="package">The package; read once, or twice when it can be.</param>
    /// <param name="sha256">SHA-256 that it must have, lower-case hexadecimal.</param>
    public ContentRefusal? Stage(string product, Stream package, string sha256)
    {
        lock (_gate)
        {
            if (!ManifestFields.IsName(product))
                return new ContentRefusal(ContentRefusalCode.NothingThere, product, "no name of a product");
            if (!_products.ContainsKey(product) && _products.Count >= _options.Products)
                return new ContentRefusal(ContentRefusalCode.TooManyProducts, product, $"there are {_products.Count} products; {_options.Products} are allowed");
            ProductContent offered = Get(product);
            ContentRefusal? refusal = Do(offered, content => new ContentStaging(_files, _options, content).Stage(
                package, sha256, _products.Values.Where(other => other != content).Sum(static other => other.DiskBytes)));
            // Whoever offers nonsense does not become a product by it.
            if (offered.State.Sequence == 0)
                _products.Remove(product);
            return refusal;
        }
    }

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

    /// <summary>Puts in force, on trial, what passed its trial. Returns when it holds through a power cut.</summary>
    public ContentRefusal? Activate(string product) => Do(product, ContentTransitions.Activate);

    /// <summary>Makes what is on trial the last known good, once it was for long enough.</summary>
    public ContentRefusal? Commit(string product) => Do(product, content => ContentTransitions.Commit(content, _options.Commit));

    /// <summary>Puts in force what was before, and denies what is now.</summary>
    /// <param name="product">The product.</param>
    /// <param name="reason">Why, for people.</param>
    public ContentRefusal? RollBack(string product, string reason) => Do(product, content => ContentTransitions.RollBack(content, reason));

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
        ProductContent content = Get(product);
        content.Recover();
        // A first staging that a power cut ended: there is nothing.
        if (content.State.Sequence == 0)
            _products.Remove(product);
    }

    private ProductContent Get(string product)
    {
        if (!_products.TryGetValue(product, out ProductContent? content))
            _products.Add(product, content = new ProductContent(_files, product, _options, _time));
        return content;
    }

    private ContentRefusal? Do(string product, Func<ProductContent, ContentRefusal?> act)
    {
        lock (_gate)
        {
            return _products.TryGetValue(product, out ProductContent? content)
                ? Do(content, act)
                : new ContentRefusal(ContentRefusalCode.NothingThere, product, "there is no content of such a product");
        }
    }

    private static ContentRefusal? Do(ProductContent content, Func<ProductContent, ContentRefusal?> act)
    {
        try
        {
            if (content.IsUncertain)
                content.Recover();
            return act(content);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return content.Refuse(ContentRefusalCode.DiskFailed, failed.Message);
        }
    }
}
