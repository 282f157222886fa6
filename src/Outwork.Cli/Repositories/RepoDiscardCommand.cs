using System.CommandLine;
using Outwork.Cli.Help;

namespace Outwork.Cli.Repositories;

/// <summary><c>outwork repo discard ROLE</c>.</summary>
internal static class RepoDiscardCommand
{
    public static Command Create(RepositorySetting shared)
    {
        var role = new Argument<string>("ROLE") { Description = "A role that is staged." };
        var command = new ExplainedCommand(
            "discard", "Take back what is staged of a role, and of those that only it delegates to; what is published stays.",
            role, shared.Command.Json)
        {
            Examples = ["outwork repo discard targets"],
        };
        command.SetAction(parsed => shared.Change(parsed, draft => (draft.Discard(parsed.GetValue(role)!), [$"Took back what was staged of {parsed.GetValue(role)}."])));
        return command;
    }
}
