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
        var command = new ExplainedCommand("explain", "Tell why a decision was made: who asked what, which rule, what each product said.", id)
        {
            Examples = ["outwork explain 42", "outwork explain 42 --json"],
        };
        setting.Ask(
            command, parsed => new ControlRequest { Operation = ControlOperations.Explain, DecisionId = parsed.GetValue(id) },
            static response => response.Decisions is [_, ..] ? response : null, ControlJsonContext.Default.ControlResponse,
            response => new Explanation(setting.Terminal, new Instants(setting.Time)).Write(response.Decisions![0], response.Ancestry ?? []));
        return command;
    }
}
