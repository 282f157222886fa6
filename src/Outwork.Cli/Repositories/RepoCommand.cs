using System.CommandLine;

namespace Outwork.Cli.Repositories;

/// <summary><c>outwork repo</c>: needs no running Outwork and no rights.</summary>
internal static class RepoCommand
{
    public static Command Create(CommandSetting setting)
    {
        var shared = new RepositorySetting(setting);
        return new Command("repo", "Make and publish repositories: who may sign what, which files there are.")
        {
            shared.Repository,
            RepoInitCommand.Create(shared),
            RepoKeyCommand.Create(shared),
            RepoDelegateCommand.Create(shared),
            RepoAddCommand.Create(shared),
            RepoRemoveCommand.Create(shared),
            RepoSignCommand.Create(shared),
            RepoPublishCommand.Create(shared),
            RepoCheckCommand.Create(shared),
        };
    }
}
