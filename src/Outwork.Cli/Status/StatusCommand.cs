using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Status;

/// <summary><c>outwork status</c>.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandSetting setting)
    {
        var command = new ExplainedCommand("status", "Show whether this machine is protected, by what, and how fast.")
        {
            Examples = ["outwork status", "outwork status --json", "outwork status --socket /run/other/control.sock"],
        };
        setting.Ask(
            command, static _ => new ControlRequest { Operation = ControlOperations.Status }, static response => response.Status, ControlJsonContext.Default.StatusSnapshot,
            status => new StatusView(setting.Terminal, new Instants(setting.Time)).Write(status));
        return command;
    }
}
