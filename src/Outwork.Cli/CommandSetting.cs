using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Outwork.Cli.Control;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli;

/// <summary>What every command works with.</summary>
/// <param name="Terminal">Where it writes.</param>
/// <param name="Time">Clock and time zone.</param>
/// <param name="DefaultSocket">The agent's socket unless --socket names another.</param>
/// <param name="TrustedUser">User whose socket is believed; root but in tests.</param>
internal sealed record CommandSetting(Terminal Terminal, TimeProvider Time, string DefaultSocket, uint TrustedUser = 0)
{
    // The kernel's limit with the terminating NUL is 108 (linux/un.h).
    private const int LongestSocketPath = 107;

    /// <summary>Whether the process is there for the command alone; not in a test's process.</summary>
    public bool IsWholeProcess { get; private init; }

    /// <summary>For every command.</summary>
    public Option<string> Socket { get; } = CreateSocketOption(DefaultSocket);

    /// <summary>For each command that has JSON.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON for programs; the fields are those of docs/cli.md." };

    /// <summary>What this process has.</summary>
    public static CommandSetting OfThisProcess() => new(
        Terminal.OfThisProcess(),
        TimeProvider.System,
        Environment.GetEnvironmentVariable(ControlLimits.SocketVariable) is { Length: > 0 } named ? named : ControlLimits.DefaultSocketPath)
    {
        IsWholeProcess = true,
    };

    /// <summary>A client of the socket that was asked for.</summary>
    public ControlClient Connect(ParseResult parsed) => new(parsed.GetValue(Socket)!, Time, TrustedUser);

    /// <summary>Makes a command one question to the agent: what is picked from the answer is told, as JSON with --json, else in words.</summary>
    /// <param name="command">The command; it gets --json.</param>
    /// <param name="ask">The question.</param>
    /// <param name="pick">What was asked for; null when the answer lacks it.</param>
    /// <param name="type">Its JSON.</param>
    /// <param name="write">Tells it in words.</param>
    public void Ask<T>(Command command, Func<ParseResult, ControlRequest> ask, Func<ControlResponse, T?> pick, JsonTypeInfo<T> type, Action<T> write)
        where T : class
    {
        command.Options.Add(Json);
        command.SetAction(async (parsed, cancellation) =>
        {
            ControlResponse response = await Connect(parsed).SendAsync(ask(parsed), cancellation);
            return Tell(response, parsed.GetValue(Json), pick, type, write);
        });
    }

    /// <summary>Tells what is picked from a response, or why there is nothing; returns the exit code.</summary>
    public int Tell<T>(ControlResponse response, bool json, Func<ControlResponse, T?> pick, JsonTypeInfo<T> type, Action<T> write)
        where T : class
    {
        if (!response.Ok || pick(response) is not { } answer)
            return Fail(response, json);
        if (json)
            JsonOutput.WriteDocument(Terminal, answer, type);
        else
            write(answer);
        return ExitCodes.Done;
    }

    /// <summary>Tells of a response that is not ok, or is and lacks what was asked for; returns the exit code.</summary>
    public int Fail(ControlResponse response, bool json)
    {
        if (response.Ok)
            response = new ControlResponse { Ok = false, Code = ClientCodes.Unreachable, Error = "Outwork's answer lacks what was asked for; it may be of another version than this command. Start it again: ./outwork up" };
        if (json)
            JsonOutput.WriteDocument(Terminal, response, ControlJsonContext.Default.ControlResponse);
        Terminal.WriteError(TerminalText.Escape(response.Error ?? $"refused without a reason ({response.Code ?? "no code"})"));
        return ExitCodes.Of(response);
    }

    /// <summary>Like <see cref="Fail"/>, in a stream: the JSON stays on one line.</summary>
    public int FailStream(ControlResponse response, bool json)
    {
        if (json)
            JsonOutput.WriteLine(Terminal, response, ControlJsonContext.Default.ControlResponse);
        return Fail(response, json: false);
    }

    private static Option<string> CreateSocketOption(string path)
    {
        var option = new Option<string>("--socket")
        {
            Description = $"Outwork's control socket; also the environment variable {ControlLimits.SocketVariable}.",
            HelpName = "PATH",
            Recursive = true,
            DefaultValueFactory = _ => path,
        };
        option.Validators.Add(result =>
        {
            if (System.Text.Encoding.UTF8.GetByteCount(result.GetValueOrDefault<string>() ?? "") is 0 or > LongestSocketPath)
                result.AddError($"--socket takes a path of 1 to {LongestSocketPath} bytes.");
        });
        return option;
    }
}
