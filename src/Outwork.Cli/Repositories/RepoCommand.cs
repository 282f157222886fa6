using System.CommandLine;
using Outwork.Cli.Help;

namespace Outwork.Cli.Repositories;

/// <summary><c>outwork repo</c>: needs no running Outwork and no rights.</summary>
internal static class RepoCommand
{
    public static Command Create(CommandSetting setting)
    {
        var shared = new RepositorySetting(setting);
        return new ExplainedCommand(
            "repo", "Make and publish repositories: who may sign what, which files there are.",
            shared.Repository, RepoInitCommand.Create(shared), RepoKeyCommand.Create(shared), RepoDelegateCommand.Create(shared), RepoAddCommand.Create(shared),
            RepoRemoveCommand.Create(shared), RepoSignCommand.Create(shared), RepoPublishCommand.Create(shared), RepoDiscardCommand.Create(shared), RepoCheckCommand.Create(shared))
        {
            Examples =
            [
                "outwork repo init --root-key root.key.pub --targets-key targets.key.pub --online-key online.key.pub", "outwork repo add content.owpkg --path acme/guard/content.owpkg",
                "outwork repo sign --key targets.key", "outwork repo publish --key online.key",
            ],
        };
    }
}
