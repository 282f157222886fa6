using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Products;

/// <summary>A line for each product that does not do its work: it does not run, is not heard of, or is demoted. The same in <c>status</c> and <c>product list</c>.</summary>
internal static class IdleProducts
{
    public static void WriteTo(Terminal terminal, Instants instants, ProductStatus[] products)
    {
        foreach (ProductStatus product in products)
        {
            string name = TerminalText.Escape(product.Name);
            if (product.State is not ("judging" or "observing" or "demoted"))
                terminal.WriteLine($"Product {name} is not {(product.Pid == 0 ? "running" : "judging")}: {TerminalText.Escape(product.Reason)}", Styles.Bad);
            if (product.DemotedSinceUnixNs != 0)
            {
                terminal.WriteLine(
                    $"Product {name} is demoted since {instants.Full(product.DemotedSinceUnixNs)} ({instants.Since(product.DemotedSinceUnixNs)}), " +
                    $"{product.GoodAnswers} of {product.GoodAnswersNeeded} good answers on trial: it is not asked, and what each rule says on failure applies.",
                    Styles.Bad);
            }
        }
    }
}
