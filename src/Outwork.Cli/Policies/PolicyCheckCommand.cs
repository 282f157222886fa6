using Outwork.Contracts.Policy;
using Outwork.Platform.Linux.Users;
using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;
using Outwork.Policy;

namespace Outwork.Cli.Policies;

/// <summary><c>outwork policy check FILE</c>: needs no running Outwork and no rights.</summary>
internal static class PolicyCheckCommand
{
    public static Command Create(CommandSetting setting)
    {
        Argument<string> file = PolicyFile.CreateArgument();
        var command = new ExplainedCommand("check", "Look for faults in a policy file; Outwork need not run.", file, setting.Json)
        {
            Examples = ["outwork policy check policy.yaml", "outwork policy check - < policy.yaml", "outwork policy check policy.yaml --json"],
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            PolicyFile policy = await PolicyFile.ReadAsync(parsed.GetValue(file)!, cancellation);
            if (policy.Text is null)
                return policy.Fail(setting);
            PolicyReadResult result = PolicyReader.Read(policy.Text, policy.Name, PasswdUserDirectory.Load());
            if (parsed.GetValue(setting.Json))
                JsonOutput.WriteDocument(setting.Terminal, result.Faults, ControlJsonContext.Default.PolicyFaultArray);
            else if (result.Document is { } document)
                setting.Terminal.WriteLine($"{TerminalText.Escape(policy.Name)}: no faults, {RuleCount.Of(document.Rules.Length)}.");
            else
                policy.WriteFaults(setting, result.Faults);
            return result.Document is null ? ExitCodes.Refused : ExitCodes.Done;
        });
        return command;
    }
}
