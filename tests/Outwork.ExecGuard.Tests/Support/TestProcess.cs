using System.Diagnostics;

namespace Outwork.ExecGuard.Tests.Support;

/// <summary>Runs a program to its end and gives what it printed.</summary>
internal sealed record TestProcess(int ExitCode, string Output)
{
    public static TestProcess Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
#pragma warning disable RS0030 // Tests are no part of the product and have no launcher.
        using Process process = Process.Start(start)!;
#pragma warning restore RS0030
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        return new TestProcess(process.ExitCode, output);
    }
}
