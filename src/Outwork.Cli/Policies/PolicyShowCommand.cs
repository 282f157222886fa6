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
        setting.Ask(
            command, static _ => new ControlRequest { Operation = ControlOperations.PolicyShow }, static response => response.PolicyText is null ? null : response,
            ControlJsonContext.Default.ControlResponse,
            response => setting.Terminal.Output.Write(setting.Terminal.IsTerminal ? TerminalText.EscapeLines(response.PolicyText) : response.PolicyText));
        return command;
    }
}
