using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Contents;

/// <summary><c>outwork content history PRODUCT</c>.</summary>
internal static class ContentHistoryCommand
{
    public static Command Create(CommandSetting setting)
    {
        Argument<string> product = ContentCommand.CreateProduct();
        var command = new ExplainedCommand("history", "Tell what happened to a product's content, in words, oldest first.", product)
        {
            Examples = ["outwork content history execguard", "outwork content history execguard --json"],
        };
        setting.Ask(
            command, parsed => new ControlRequest { Operation = ControlOperations.ContentHistory, Product = parsed.GetValue(product) },
            static response => response.Steps, ControlJsonContext.Default.ContentStepArray, steps => Write(setting, steps));
        return command;
    }

    private static void Write(CommandSetting setting, ContentStep[] steps)
    {
        var instants = new Instants(setting.Time);
        foreach (ContentStep step in steps)
            setting.Terminal.WriteLine($"{instants.Full(step.TimeUnixNs)}  {TerminalText.Escape(step.Text)}");
        if (steps.Length == 0)
            setting.Terminal.WriteLine("Nothing has happened yet.");
    }
}
