using System.CommandLine;
using Outwork.Cli.Control;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Watch;

/// <summary><c>outwork watch</c>.</summary>
internal static class WatchCommand
{
    public const string Name = "watch";

    public static Command Create(CommandSetting setting)
    {
        var all = new Option<bool>("--all", "-a") { Description = "All events (fork, exec, exit), not only decisions." };
        var command = new ExplainedCommand(Name, "Show decisions as they are made, until Ctrl-C.", all, setting.Json)
        {
            Examples = ["outwork watch", "outwork watch --all", "outwork watch --json | jq 'select(.decision.verdict == \"Deny\")'"],
        };
        command.SetAction((parsed, cancellation) =>
            RunAsync(setting, setting.Connect(parsed), parsed.GetValue(all), parsed.GetValue(setting.Json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(CommandSetting setting, ControlClient client, bool all, bool json, CancellationToken cancellation)
    {
        var lines = new EventLines(setting.Terminal, new Instants(setting.Time));
        try
        {
            await foreach (ControlResponse response in client.WatchAsync(all, cancellation))
            {
                if (!response.Ok)
                    return setting.FailStream(response, json);
                if (response.Event is not { } notification)
                    continue;
                if (json)
                    JsonOutput.WriteLine(setting.Terminal, notification, ControlJsonContext.Default.NotifyEvent);
                else
                    lines.Write(notification);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how a watch ends.
        }

        return ExitCodes.Done;
    }
}
