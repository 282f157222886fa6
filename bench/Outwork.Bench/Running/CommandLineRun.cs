using System.CommandLine;
using System.CommandLine.Invocation;

namespace Outwork.Bench.Running;

/// <summary>Runs what a command line says; one that is wrong ends with 2 and a line for each fault, and not with the whole help.</summary>
internal static class CommandLineRun
{
    private const int Usage = 2;

    /// <param name="parsed">The command line.</param>
    /// <param name="program">How the command is called, for the advice.</param>
    /// <param name="configuration">How it is run; null for the usual way.</param>
    public static async Task<int> InvokeAsync(ParseResult parsed, string program, InvocationConfiguration? configuration = null)
    {
        if (parsed.Action is not ParseErrorAction)
            return await parsed.InvokeAsync(configuration);
        foreach (var error in parsed.Errors)
            await Console.Error.WriteLineAsync($"{program}: {error.Message}");
        await Console.Error.WriteLineAsync($"See: {program} --help");
        return Usage;
    }
}
