using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Policies;

/// <summary><c>outwork policy show</c>: the text as it was applied; on a terminal with control characters escaped, in a pipe as it is.</summary>
internal static class PolicyShowCommand
{
    public static Command Create(CommandSetting setting)
    {
        var command = new ExplainedCommand("show", "Print the policy in force, as it was applied.")
        {
            Examples = ["outwork policy show", "outwork policy show > policy.yaml", "outwork policy show --json"],
        };
        command.Options.Add(setting.Json);
        command.SetAction(async (parsed, cancellation) =>
        {
            bool json = parsed.GetValue(setting.Json);
            ControlResponse response = await setting.Connect(parsed).SendAsync(
                new ControlRequest { Operation = ControlOperations.PolicyShow }, cancellation);
            if (response is not { Ok: true, PolicyText: { } text })
                return setting.Fail(response, json);
            if (json)
                JsonOutput.WriteDocument(setting.Terminal, response, ControlJsonContext.Default.ControlResponse);
            else
                await setting.Terminal.Output.WriteAsync(setting.Terminal.IsTerminal ? TerminalText.EscapeLines(text) : text);
            return ExitCodes.Done;
        });
        return command;
    }
}
