using System.CommandLine;

namespace Outwork.Cli.Policies;

/// <summary><c>outwork policy</c>.</summary>
internal static class PolicyCommand
{
    public static Command Create(CommandSetting setting) => new("policy", "Check, apply and show the policy.")
    {
        PolicyCheckCommand.Create(setting),
        PolicyApplyCommand.Create(setting),
        PolicyShowCommand.Create(setting),
    };
}
