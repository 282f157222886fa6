using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Cli.Watch;
using Outwork.Contracts.Control;
using Outwork.Contracts.Verdicts;

namespace Outwork.Cli.Decisions;

/// <summary><c>outwork decisions</c>.</summary>
internal static class DecisionsCommand
{
    private const int DefaultCount = 20;

    public static Command Create(CommandSetting setting)
    {
        var count = new Option<int>("--number", "-n")
        {
            Description = $"How many of the latest, 1 to {ControlLimits.MaximumDecisions}.",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultCount,
        };
        count.Validators.Add(result =>
        {
            // What is no number at all is the library's to tell.
            if (result.Tokens is [var token] && int.TryParse(token.Value, out int number) && number is (< 1 or > ControlLimits.MaximumDecisions))
                result.AddError($"--number takes a number from 1 to {ControlLimits.MaximumDecisions}.");
        });
        var command = new ExplainedCommand("decisions", "Show the latest decisions, oldest first.", count, setting.Json)
        {
            Examples = ["outwork decisions", "outwork decisions -n 100", "outwork decisions --json -n 1000"],
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            ControlResponse response = await setting.Connect(parsed).SendAsync(
                new ControlRequest { Operation = ControlOperations.Decisions, Count = parsed.GetValue(count) }, cancellation);
            int code = setting.Tell(
                response, parsed.GetValue(setting.Json), static response => response.Decisions, ControlJsonContext.Default.DecisionRecordArray, decisions => Write(setting, decisions));
            if (code == ExitCodes.Done && response.LeftOut != 0)
                setting.Terminal.WriteError($"{response.LeftOut} older decisions are left out: all would be more than {ControlLimits.MaximumDecisionBytes / (1024 * 1024)} MiB.");
            return code;
        });
        return command;
    }

    private static void Write(CommandSetting setting, DecisionRecord[] decisions)
    {
        var lines = new EventLines(setting.Terminal, new Instants(setting.Time));
        foreach (DecisionRecord decision in decisions)
            lines.Write(decision);
        if (decisions.Length == 0)
            setting.Terminal.WriteLine("Nothing was decided yet.");
    }
}
