namespace Outwork.Contracts.Products;

/// <summary>What is wrong with a product's manifest.</summary>
/// <param name="Field">The field, as a path: <c>needs.memoryMiB</c>; empty for the file as a whole.</param>
/// <param name="Message">What is wrong with it.</param>
public sealed record ManifestFault(string Field, string Message)
{
    /// <summary>For people.</summary>
    public override string ToString() => Field.Length == 0 ? Message : $"{Field}: {Message}";
}
