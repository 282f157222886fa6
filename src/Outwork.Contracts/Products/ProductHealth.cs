namespace Outwork.Contracts.Products;

/// <summary>What a product says of itself. The values are frozen.</summary>
public enum ProductHealth : byte
{
    /// <summary>Nothing said yet.</summary>
    Unknown = 0,

    /// <summary>It works as meant.</summary>
    Healthy = 1,

    /// <summary>It works with less than it should have, for example with older content.</summary>
    Degraded = 2,

    /// <summary>It cannot judge.</summary>
    Failing = 3,
}
