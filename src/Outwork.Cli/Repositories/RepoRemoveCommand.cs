using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Trust.Authoring;

namespace Outwork.Cli.Repositories;

/// <summary><c>outwork repo remove PATH</c>.</summary>
internal static class RepoRemoveCommand
{
    public static Command Create(RepositorySetting shared)
    {
        var path = new Argument<string>("PATH") { Description = "The file's path in the repository." };
        var command = new ExplainedCommand(
            "remove", "Take a file out of the repository, staged to be signed. Its bytes stay for devices that have not yet seen the change.",
            path, shared.Command.Json)
        {
            Examples = ["outwork repo remove acme/guard/content.owpkg"],
        };
        command.SetAction(parsed => shared.Change(parsed, draft => (TargetChanges.Remove(draft, parsed.GetValue(path)!, shared.Now), [$"Staged the removal of {parsed.GetValue(path)}."])));
        return command;
    }
}
