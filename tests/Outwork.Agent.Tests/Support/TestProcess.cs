using System.Diagnostics;

namespace Outwork.Agent.Tests.Support;

/// <summary>Runs a program to its end and gives what it printed.</summary>
internal sealed record TestProcess(int ExitCode, string Output, string Errors)
{
    public static async Task<TestProcess> RunAsync(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
#pragma warning disable RS0030 // Tests are no part of the product and have no launcher.
        using Process process = Process.Start(start)!;
#pragma warning restore RS0030
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return new TestProcess(process.ExitCode, await output, await errors);
    }
}
