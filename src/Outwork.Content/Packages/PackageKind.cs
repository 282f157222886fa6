namespace Outwork.Content.Packages;

/// <summary>What a package holds. The values are frozen.</summary>
public enum PackageKind : byte
{
    /// <summary>A product's programs.</summary>
    Product = 1,

    /// <summary>What a product interprets: rules, lists, signatures.</summary>
    Content = 2,
}
