using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Products;

/// <summary>Products for people; the same in <c>status</c> and <c>product list</c>.</summary>
internal static class ProductSheet
{
    public static Sheet Of(ProductStatus[] products)
    {
        var sheet = new Sheet("Products", "NAME", "STATE", "PID", "CONTENT", "ASKED", "ANSWERED", "MISSED", "REFUSED", "DELIVERED", "LOST", "HEALTH");
        foreach (ProductStatus product in products)
        {
            sheet.Add(
                product.State is "judging" or "observing" && product.Missed == 0 && product.Lost == 0 ? null : Styles.Warning,
                product.Name, State(product), product.Pid == 0 ? "-" : $"{product.Pid}", Content(product),
                $"{product.Asked}", $"{product.Answered}", $"{product.Missed}", $"{product.Refused}", $"{product.Delivered}", $"{product.Lost}",
                product.Health.Length == 0 ? "-" : product.Health);
        }

        return sheet;
    }

    private static string State(ProductStatus product) => (product.DemotedSinceUnixNs, product.State) switch
    {
        (0, var state) => state,
        (_, "demoted") => "demoted",
        (_, var state) => $"{state} (demoted)",
    };

    private static string Content(ProductStatus product) => (product.ContentGeneration, product.ContentVersion) switch
    {
        (0, "") => "-",
        (var generation, "") => $"generation {generation}",
        (var generation, var version) => $"{version} (generation {generation})",
    };
}
