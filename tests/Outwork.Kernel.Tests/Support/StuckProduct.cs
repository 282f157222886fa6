namespace Outwork.Kernel.Tests.Support;

/// <summary>A product in a process of its own that subscribes and never answers; see testassets/StuckProduct.</summary>
internal static class StuckProduct
{
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "stuck-product");
}
