using System.Globalization;
using Outwork.Platform.Linux;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Warden.Launching;

/// <summary>
/// <c>outwork-warden launch OPTIONS -- PROGRAM ARGUMENTS</c>: takes its own privileges away and becomes the program. Only the
/// warden runs it. It never runs a program that it could not confine.
/// </summary>
internal static class LaunchCommand
{
    /// <summary>The one option that makes the program the broker: user 0 with few capabilities, and the machine's own view.</summary>
    public const string BrokerOption = "--broker";

    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (arguments is [BrokerOption, var descriptors, "--", var broker])
            return RunBroker(broker, descriptors);
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
            ConfinementSpec spec = Parse(options, command[0], out int firstClosed);
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

    private static int RunBroker(string program, string descriptors)
    {
        string name = Path.GetFileName(program);
        try
        {
            int firstClosed = 3 + int.Parse(descriptors, NumberStyles.None, CultureInfo.InvariantCulture);
            ReducedRoot.Apply();
            string refusal = ProgramReplacement.Execute(program, [], ReadEnvironment(CurrentProcess.RuntimeDirectory), firstClosed);
            Output.WriteError($"{name}: not started: {refusal}");
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException or FormatException)
        {
            Output.WriteError($"{name}: not started, because it could not give up capabilities: {e.Message}");
        }

        return ExitCode.NotStarted;
    }

    private static ConfinementSpec Parse(ReadOnlySpan<string> options, string program, out int firstClosed)
    {
        uint? user = null;
        int? parent = null;
        string? runDirectory = null, programs = null, content = null, policy = null, state = null;
        firstClosed = 3;
        for (int i = 0; i < options.Length; i += 2)
        {
            string value = options[i + 1];
            switch (options[i])
            {
                case "--uid":
                    user = uint.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                    break;
                case "--parent":
                    parent = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                    break;
                case "--descriptors":
                    firstClosed = 3 + int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                    break;
                case "--run-dir":
                    runDirectory = value;
                    break;
                case "--bin":
                    programs = value;
                    break;
                case "--content":
                    content = value;
                    break;
                case "--policy":
                    policy = value;
                    break;
                case "--state":
                    state = value;
                    break;
                default:
                    throw new ArgumentException($"{options[i]}: no such option of launch");
            }
        }

        return new ConfinementSpec
        {
            UserId = user ?? throw new ArgumentException("--uid is missing"),
            GroupId = user.Value,
            RunDirectory = runDirectory ?? throw new ArgumentException("--run-dir is missing"),
            ProgramDirectory = programs ?? throw new ArgumentException("--bin is missing"),
            Program = program,
            RuntimeDirectory = CurrentProcess.RuntimeDirectory,
            ContentDirectory = content,
            PolicyFile = policy,
            StateDirectory = state,
            ParentProcessId = parent ?? throw new ArgumentException("--parent is missing"),
        };
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
