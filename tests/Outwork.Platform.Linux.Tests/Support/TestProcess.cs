using System.Diagnostics;

namespace Outwork.Platform.Linux.Tests.Support;

/// <summary>Runs a program to its end and gives what it printed.</summary>
internal sealed record TestProcess(int Pid, int ExitCode, string Output, string Errors)
{
    public static TestProcess Run(string program, params string[] arguments) => RunIn("/", program, arguments);

    public static TestProcess RunIn(string directory, string program, params string[] arguments)
    {
        using Process process = Start(directory, program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromSeconds(60)))
        {
            process.Kill();
            throw new TimeoutException($"{program} did not end");
        }
        return new TestProcess(process.Id, process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    public static Process Start(string directory, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
#pragma warning disable RS0030 // Tests are no part of the product and have no launcher.
        return Process.Start(start)!;
#pragma warning restore RS0030
    }
}
