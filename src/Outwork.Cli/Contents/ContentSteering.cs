using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Contents;

/// <summary><c>outwork content pin | unpin | rollback | allow</c>: one request each, one sentence back.</summary>
internal static class ContentSteering
{
    public static Command Pin(CommandSetting setting)
    {
        var version = new Argument<string?>("VERSION") { Description = "The version to stay at; without it, the one in force.", Arity = ArgumentArity.ZeroOrOne };
        Command command = Create(
            setting, ControlOperations.ContentPin, "pin", "Take VERSION, or without one what is in force, and no other; if it is the one before, it is in force at once.",
            ["sudo outwork content pin execguard", "sudo outwork content pin execguard 1.2.0"],
            (parsed, request) => request with { Version = parsed.GetValue(version) });
        command.Arguments.Add(version);
        return command;
    }

    public static Command Unpin(CommandSetting setting) => Create(
        setting, ControlOperations.ContentUnpin, "unpin", "Take what is published again.", ["sudo outwork content unpin execguard"], static (_, request) => request);

    public static Command RollBack(CommandSetting setting)
    {
        var reason = new Option<string?>("--reason") { Description = "Why, for the history." };
        Command command = Create(
            setting, ControlOperations.ContentRollback, "rollback", "Put in force what was before, and deny the version in force on this device.",
            ["sudo outwork content rollback execguard", "sudo outwork content rollback execguard --reason 'denies our build'"],
            (parsed, request) => request with { Reason = parsed.GetValue(reason) });
        command.Options.Add(reason);
        return command;
    }

    public static Command Allow(CommandSetting setting)
    {
        var version = new Argument<string>("VERSION") { Description = "The denied version." };
        Command command = Create(
            setting, ControlOperations.ContentAllow, "allow", "Let a version that failed here be installed again.",
            ["sudo outwork content allow execguard 1.3.0"],
            (parsed, request) => request with { Version = parsed.GetValue(version) });
        command.Arguments.Add(version);
        return command;
    }

    private static ExplainedCommand Create(
        CommandSetting setting, string operation, string name, string description, string[] examples, Func<ParseResult, ControlRequest, ControlRequest> complete)
    {
        Argument<string> product = ContentCommand.CreateProduct();
        var command = new ExplainedCommand(name, description) { Examples = examples };
        command.Arguments.Add(product);
        setting.Ask(
            command, parsed => complete(parsed, new ControlRequest { Operation = operation, Product = parsed.GetValue(product) }),
            static response => response, ControlJsonContext.Default.ControlResponse, response => setting.Terminal.WriteLine(TerminalText.Escape(response.Text ?? "Done.")));
        return command;
    }
}
