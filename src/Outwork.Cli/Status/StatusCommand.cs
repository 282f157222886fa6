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
        command.Options.Add(setting.Json);
        command.SetAction(async (parsed, cancellation) =>
        {
            bool json = parsed.GetValue(setting.Json);
            ControlResponse response = await setting.Connect(parsed).SendAsync(new ControlRequest { Operation = ControlOperations.Status }, cancellation);
            if (response is not { Ok: true, Status: { } status })
                return setting.Fail(response, json);
            if (json)
                JsonOutput.WriteDocument(setting.Terminal, status, ControlJsonContext.Default.StatusSnapshot);
            else
                new StatusView(setting.Terminal, new Instants(setting.Time)).Write(status);
            return ExitCodes.Done;
        });
        return command;
    }
}
