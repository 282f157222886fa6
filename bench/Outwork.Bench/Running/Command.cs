using System.Diagnostics;

namespace Outwork.Bench.Running;

// The product's launcher confines what it starts, which is not what a benchmark wants for gcc and mount.
#pragma warning disable RS0030

/// <summary>Runs the machine's tools and the workloads.</summary>
internal static class Command
{
    /// <summary>Starts a program with all three streams redirected. Its standard error is passed on as it comes.</summary>
    public static Process Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new BenchFailedException($"{program} could not be started.");
    }

    /// <summary>Runs a program to its end and returns its output.</summary>
    /// <exception cref="BenchFailedException">It failed; the message holds what it printed.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancel)
    {
        var all = arguments.ToArray();
        using var process = Start(program, all);
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancel);
            var errors = process.StandardError.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            if (process.ExitCode != 0)
                throw new BenchFailedException($"{program} {string.Join(' ', all)} ended with {process.ExitCode}: {await errors}{await output}");
            return await output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>
    /// Runs a program with this process's own output and returns its exit code. Its standard input says nothing and ends when
    /// it is to end: with <paramref name="cancel"/>, or with this process however that goes.
    /// </summary>
    public static async Task<int> RunInheritingAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new BenchFailedException($"{program} could not be started.");
        await using var ending = cancel.Register(process.StandardInput.Close);
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    /// <summary>True when the program is on the path.</summary>
    public static bool Exists(string program) => Find(program) is not null;

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin")
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
}
