using Outwork.Contracts.Control;

namespace Outwork.Agent.Updates;

/// <summary>Decides, look by look, whether a product fails with the content that has just come into force. Pure; one thread.</summary>
internal sealed class OnTrialWatch
{
    // Reading a large content takes a while; a product that says nothing of it at all has not got it.
    private static readonly TimeSpan TimeToLoad = TimeSpan.FromSeconds(30);
    private const long NanosecondsPerMillisecond = 1_000_000;

    private readonly string _product;
    private readonly ulong _generation;
    private readonly long _inForceUnixMs;
    private int _pid;
    private int _restarts = -1;
    private int _demotions = -1;
    private string _health = "";
    private bool _loaded;

    /// <param name="product">Its name.</param>
    /// <param name="before">The status before the content came into force; null after a restart of the agent: then it is loaded already.</param>
    /// <param name="inForceSince">Since when the content has been in force; null when that is not known.</param>
    public OnTrialWatch(string product, StatusSnapshot? before, DateTimeOffset? inForceSince = null)
    {
        _product = product;
        _inForceUnixMs = inForceSince?.ToUnixTimeMilliseconds() ?? long.MaxValue;
        _loaded = before is null;
        if (before is null)
            return;
        _generation = Find(before)?.ContentGeneration ?? 0;
        _ = Look(before, TimeSpan.Zero);
        _loaded = false;
    }

    /// <summary>Why the content must go; null when nothing speaks against it.</summary>
    /// <param name="status">What the broker says now.</param>
    /// <param name="inForce">How long the content has been in force.</param>
    public string? Look(StatusSnapshot status, TimeSpan inForce)
    {
        ProductStatus? product = Find(status);
        ProcessStatus? process = Array.Find(status.Processes, p => p.Role == "product" && p.Name == _product);
        if (product is null || process is null)
            return null;
        string? fault = Process(process) ?? Demotion(product) ?? Health(product, inForce);
        _health = product.Health;
        return fault;
    }

    private ProductStatus? Find(StatusSnapshot status) => Array.Find(status.Products, p => p.Name == _product);

    // The broker counts what it was told of by the warden; a new broker begins anew with the same process.
    private string? Process(ProcessStatus process)
    {
        bool isFirst = _restarts < 0;
        bool ended = !isFirst && (process.Restarts > _restarts || (_pid != 0 && process.Pid != _pid));
        _restarts = process.Restarts;
        _pid = process.Pid;
        return ended ? "the product's process ended" : null;
    }

    private string? Demotion(ProductStatus product)
    {
        bool isFirst = _demotions < 0;
        // At the first look after a restart of the agent: while nobody watched.
        bool demoted = isFirst ? product.DemotedSinceUnixNs / NanosecondsPerMillisecond >= _inForceUnixMs : product.Demotions > _demotions;
        _demotions = product.Demotions;
        return demoted ? $"the product was demoted: it missed too many deadlines ({product.Missed} so far)" : null;
    }

    private string? Health(ProductStatus product, TimeSpan inForce)
    {
        if (product.Health.StartsWith("failing", StringComparison.Ordinal) && product.Health != _health)
            return $"the product says that it fails: {product.Health}";
        if (_loaded)
            return null;
        if (product.ContentGeneration > _generation)
        {
            _loaded = true;
            return null;
        }

        if (product.Health != _health && product.Health.StartsWith("degraded", StringComparison.Ordinal))
            return $"the product refused the content: {product.Health}";
        return inForce > TimeToLoad ? $"the product did not load the content within {TimeToLoad.TotalSeconds:0} s" : null;
    }
}
