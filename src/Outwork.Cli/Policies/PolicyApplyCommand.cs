using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Policies;

/// <summary><c>outwork policy apply FILE</c>.</summary>
internal static class PolicyApplyCommand
{
    public static Command Create(CommandSetting setting)
    {
        Argument<string> file = PolicyFile.CreateArgument();
        var command = new ExplainedCommand("apply", "Put a policy in force, whole or not at all.", file, setting.Json)
        {
            Examples = ["sudo outwork policy apply policy.yaml", "outwork policy show | sed 's/audit/enforce/' | sudo outwork policy apply -"],
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            PolicyFile policy = await PolicyFile.ReadAsync(parsed.GetValue(file)!, cancellation);
            if (policy.Text is null)
                return policy.Fail(setting);
            bool json = parsed.GetValue(setting.Json);
            ControlResponse response = await setting.Connect(parsed).SendAsync(
                new ControlRequest { Operation = ControlOperations.PolicyApply, PolicyText = policy.Text, PolicySource = policy.Name }, cancellation);
            if (!json)
                policy.WriteFaults(setting, response.Faults ?? []);
            if (!response.Ok)
                return setting.Fail(response, json);
            if (json)
                JsonOutput.WriteDocument(setting.Terminal, response, ControlJsonContext.Default.ControlResponse);
            else
                setting.Terminal.WriteLine($"{TerminalText.Escape(policy.Name)} is in force: policy generation {response.PolicyGeneration}.");
            if (response.NotSubscribed is { Length: > 0 } missing)
            {
                setting.Terminal.WriteError(
                    $"Warning: its rules ask products that do not judge now: {TerminalText.Escape(string.Join(", ", missing))}. Until they do, what each of these rules says on failure applies. See: outwork product list");
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
