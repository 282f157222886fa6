using System.Globalization;
using Outwork.Platform.Linux;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sandbox;

namespace Outwork.Warden.Launching;

/// <summary>
/// <c>outwork-warden launch OPTIONS -- PROGRAM ARGUMENTS</c>: takes its own privileges away and becomes the program. Only the
/// warden runs it. It never runs a program that it could not confine.
/// </summary>
internal static class LaunchCommand
{
    /// <summary>The one option that makes the program the broker: user 0 with few capabilities, and the machine's own view.</summary>
    public const string BrokerOption = "--broker";

    /// <summary>The one option that makes the program the trial: user 0 with what it takes to start a confined process.</summary>
    public const string TrialOption = "--trial";

    /// <summary>Becomes a user and ends all of its processes.</summary>
    public const string EndUserOption = "--end-user";

    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (arguments is [EndUserOption, var user])
        {
            UserProcesses.EndAllOf(uint.Parse(user, NumberStyles.None, CultureInfo.InvariantCulture));
            return ExitCode.Success;
        }

        if (arguments is [BrokerOption, var descriptors, "--parent", var parent, "--", var broker])
            return RunBroker(broker, descriptors, parent, group: null);
        if (arguments is [BrokerOption, var numbers, "--parent", var starter, LaunchOptions.ControlGroup, var group, "--", var apart])
            return RunBroker(apart, numbers, starter, group);
        if (arguments is [TrialOption, "--parent", var tryingParent, ..] && arguments.IndexOf("--") is var at and > 0 && at + 1 < arguments.Length)
            return RunTrial(arguments[(at + 1)..], tryingParent, arguments[3..at]);
        int end = arguments.IndexOf("--");
        if (end < 0 || end + 1 == arguments.Length || end % 2 != 0)
        {
            Output.WriteError("launch: started by the warden only");
            return ExitCode.Usage;
        }

        ReadOnlySpan<string> options = arguments[..end];
        ReadOnlySpan<string> command = arguments[(end + 1)..];
        string name = Path.GetFileName(command[0]);
        try
        {
            ConfinementSpec spec = LaunchOptions.Parse(options, command[0], out int firstClosed);
            string program = Confinement.Apply(spec);
            string refusal = ProgramReplacement.Execute(program, command[1..].ToArray(), ReadEnvironment(new SandboxLayout(spec.RunDirectory).Runtime), firstClosed);
            Output.WriteError($"{name}: not started: {refusal}");
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException or ArgumentException or FormatException)
        {
            Output.WriteError($"{name}: not started, because it could not be confined: {e.Message}");
        }

        return ExitCode.NotStarted;
    }

    private static int RunBroker(string program, string descriptors, string parent, string? group)
    {
        string name = Path.GetFileName(program);
        try
        {
            int firstClosed = 3 + int.Parse(descriptors, NumberStyles.None, CultureInfo.InvariantCulture);
            if (group is not null)
                ControlGroups.Join(group);
            ReducedRoot.Apply(int.Parse(parent, NumberStyles.None, CultureInfo.InvariantCulture), ReducedRoot.KeptCapabilities);
            string refusal = ProgramReplacement.Execute(program, [], ReadEnvironment(CurrentProcess.RuntimeDirectory), firstClosed);
            Output.WriteError($"{name}: not started: {refusal}");
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException or FormatException)
        {
            Output.WriteError($"{name}: not started, because it could not give up capabilities: {e.Message}");
        }

        return ExitCode.NotStarted;
    }

    private static int RunTrial(ReadOnlySpan<string> command, string parent, ReadOnlySpan<string> groups)
    {
        string name = Path.GetFileName(command[0]);
        try
        {
            for (int i = 1; i < groups.Length; i += 2)
                ControlGroups.Join(groups[i]);

            // Never worth the machine's memory: nothing depends on it.
            File.WriteAllText("/proc/self/oom_score_adj", Confinement.OutOfMemoryScore);
            ReducedRoot.Apply(int.Parse(parent, NumberStyles.None, CultureInfo.InvariantCulture), ReducedRoot.ConfiningCapabilities);
            string refusal = ProgramReplacement.Execute(command[0], command[1..].ToArray(), ReadEnvironment(CurrentProcess.RuntimeDirectory), firstClosed: 4);
            Output.WriteError($"{name}: not started: {refusal}");
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException or FormatException)
        {
            Output.WriteError($"{name}: not started, because it could not give up capabilities: {e.Message}");
        }

        return ExitCode.NotStarted;
    }

    /// <summary>What the warden gave (nothing else was inherited), with the runtime where the program will find it.</summary>
    private static string[] ReadEnvironment(string runtime)
    {
        var variables = new List<string>();
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            object? value = variable.Key is ChildEnvironment.RuntimeRoot ? runtime : variable.Value;
            variables.Add($"{variable.Key}={value}");
        }

        return [.. variables];
    }
}
