using System.CommandLine;
using Outwork.Cli.Help;

namespace Outwork.Cli.Policies;

/// <summary><c>outwork policy</c>.</summary>
internal static class PolicyCommand
{
    public static Command Create(CommandSetting setting) => new ExplainedCommand(
        "policy", "Check, apply and show the policy.", PolicyCheckCommand.Create(setting), PolicyApplyCommand.Create(setting), PolicyShowCommand.Create(setting))
    {
        Examples = ["outwork policy check policy.yaml", "sudo outwork policy apply policy.yaml", "outwork policy show > policy.yaml"],
    };
}
