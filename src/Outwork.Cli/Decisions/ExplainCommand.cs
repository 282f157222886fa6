using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Decisions;

/// <summary><c>outwork explain ID</c>.</summary>
internal static class ExplainCommand
{
    public static Command Create(CommandSetting setting)
    {
        var id = new Argument<ulong>("ID") { Description = "The decision, as shown by watch and decisions." };
        var command = new ExplainedCommand("explain", "Tell why a decision was made: who asked what, which rule, what each product said.")
        {
            Examples = ["outwork explain 42", "outwork explain 42 --json"],
        };
        command.Arguments.Add(id);
        command.Options.Add(setting.Json);
        command.SetAction(async (parsed, cancellation) =>
        {
            bool json = parsed.GetValue(setting.Json);
            ControlResponse response = await setting.Connect(parsed).SendAsync(
                new ControlRequest { Operation = ControlOperations.Explain, DecisionId = parsed.GetValue(id) }, cancellation);
            if (response is not { Ok: true, Decisions: [var decision, ..] })
                return setting.Fail(response, json);
            if (json)
                JsonOutput.WriteDocument(setting.Terminal, response, ControlJsonContext.Default.ControlResponse);
            else
                new Explanation(setting.Terminal, new Instants(setting.Time)).Write(decision, response.Ancestry ?? []);
            return ExitCodes.Done;
        });
        return command;
    }
}
