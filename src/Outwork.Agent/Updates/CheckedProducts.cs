namespace Outwork.Agent.Updates;

/// <summary>What came of asking for each product the last time. Any thread.</summary>
/// <param name="time">Clock.</param>
internal sealed class CheckedProducts(TimeProvider time)
{
    private static readonly CheckedProduct Never = new(0, null, null, null);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, CheckedProduct> _products = new(StringComparer.Ordinal);

    /// <summary>One product's.</summary>
    public CheckedProduct Of(string product)
    {
        lock (_gate)
            return _products.GetValueOrDefault(product, Never);
    }

    /// <summary>Takes note.</summary>
    /// <param name="product">The product.</param>
    /// <param name="refusal">Why it went wrong; null when it did not.</param>
    /// <param name="sha256">The package that is not to be fetched again.</param>
    /// <param name="code">Why, for programs.</param>
    public void Set(string product, string? refusal, string? sha256 = null, string? code = null)
    {
        lock (_gate)
        {
            _products[product] = refusal is null
                ? new CheckedProduct(time.GetUtcNow().ToUnixTimeMilliseconds(), null, null, null)
                : new CheckedProduct(_products.GetValueOrDefault(product, Never).TimeUnixMs, refusal, sha256, code);
        }
    }
}

/// <summary>What came of asking for a product.</summary>
/// <param name="TimeUnixMs">When it last went well, ms since 1970 (UTC); 0 for never.</param>
/// <param name="Refusal">Why it did not the last time; null when it did.</param>
/// <param name="Sha256">The package that was refused, which is not fetched again; null when there is none.</param>
/// <param name="Code">Why it was refused, for programs; null when it was not.</param>
internal sealed record CheckedProduct(long TimeUnixMs, string? Refusal, string? Sha256, string? Code);
