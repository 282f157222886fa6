using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Products;

/// <summary>A line for each product that is demoted; the same in <c>status</c> and <c>product list</c>.</summary>
internal static class DemotedProducts
{
    public static void WriteTo(Terminal terminal, Instants instants, ProductStatus[] products)
    {
        foreach (ProductStatus product in products.Where(static p => p.DemotedSinceUnixNs != 0))
        {
            terminal.WriteLine(
                $"Product {TerminalText.Escape(product.Name)} is demoted since {instants.Full(product.DemotedSinceUnixNs)} ({instants.Since(product.DemotedSinceUnixNs)}), " +
                $"{product.GoodAnswers} of {product.GoodAnswersNeeded} good answers on trial: it is not asked, and what each rule says on failure applies.",
                Styles.Bad);
        }
    }
}
