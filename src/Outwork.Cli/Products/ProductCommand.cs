using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Products;

/// <summary><c>outwork product</c>.</summary>
internal static class ProductCommand
{
    public static Command Create(CommandSetting setting) => new("product", "Look at the products that judge and observe.") { CreateList(setting), ProductInspectCommand.Create(setting) };

    private static ExplainedCommand CreateList(CommandSetting setting)
    {
        var command = new ExplainedCommand("list", "List every product: its state, its content, what it was asked and what it missed.")
        {
            Examples = ["outwork product list", "outwork product list --json"],
        };
        command.Options.Add(setting.Json);
        command.SetAction(async (parsed, cancellation) =>
        {
            bool json = parsed.GetValue(setting.Json);
            ControlResponse response = await setting.Connect(parsed).SendAsync(new ControlRequest { Operation = ControlOperations.Status }, cancellation);
            if (response is not { Ok: true, Status: { } status })
                return setting.Fail(response, json);
            if (json)
                JsonOutput.WriteDocument(setting.Terminal, status.Products, ControlJsonContext.Default.ProductStatusArray);
            else if (status.Products.Length == 0)
                setting.Terminal.WriteLine("There is no product: the policy alone decides.");
            else
                ProductSheet.Of(status.Products).WriteTo(setting.Terminal);
            return ExitCodes.Done;
        });
        return command;
    }
}
