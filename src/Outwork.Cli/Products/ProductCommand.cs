using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Products;

/// <summary><c>outwork product</c>.</summary>
internal static class ProductCommand
{
    public static Command Create(CommandSetting setting) => new ExplainedCommand(
        "product", "Look at the products that judge and observe.", CreateList(setting), ProductInspectCommand.Create(setting))
    {
        Examples = ["outwork product list", "outwork product inspect execguard"],
    };

    private static ExplainedCommand CreateList(CommandSetting setting)
    {
        var command = new ExplainedCommand("list", "List every product: its state, its content, what it was asked and what it missed.")
        {
            Examples = ["outwork product list", "outwork product list --json"],
        };
        setting.Ask(
            command, static _ => new ControlRequest { Operation = ControlOperations.Status }, static response => response.Status?.Products, ControlJsonContext.Default.ProductStatusArray,
            products => Write(setting, products));
        return command;
    }

    private static void Write(CommandSetting setting, ProductStatus[] products)
    {
        if (products.Length == 0)
        {
            setting.Terminal.WriteLine("There is no product: the policy alone decides.");
            return;
        }

        ProductSheet.Of(products).WriteTo(setting.Terminal);
        IdleProducts.WriteTo(setting.Terminal, new Instants(setting.Time), products);
    }
}
