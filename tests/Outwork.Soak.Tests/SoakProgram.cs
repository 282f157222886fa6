using System.Diagnostics;

namespace Outwork.Soak.Tests;

/// <summary>The soak as it is started, from the test's own build of it.</summary>
internal static class SoakProgram
{
    public static string Root { get; } = FindRoot();

    /// <summary>Runs it to its end.</summary>
    public static TestProcess Run(params string[] arguments) => TestProcess.Run(Path.Combine(AppContext.BaseDirectory, "outwork-soak"), arguments);

    /// <summary>Starts it.</summary>
    public static Process Start(params string[] arguments) => TestProcess.Start("/", Path.Combine(AppContext.BaseDirectory, "outwork-soak"), arguments);

    private static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Outwork.slnx")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("The repository's root was not found.");
    }
}
