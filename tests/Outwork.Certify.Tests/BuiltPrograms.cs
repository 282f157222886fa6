namespace Outwork.Certify.Tests;

/// <summary>Where the build put the programs that the tests start.</summary>
internal static class BuiltPrograms
{
    private static readonly string Repository = FindRepository();

    public static string ChaosProduct => Executable("testassets/ChaosProduct", "chaos-product");

    public static string ExecGuard => Executable("products/ExecGuard", "outwork-execguard");

    public static string ExecGuardContent => Path.Join(Repository, "products/ExecGuard/content");

    public static string MinimalProduct => Executable("samples/minimal-product", "outwork-minimal-product");

    public static string Warden => Executable("src/Outwork.Warden", "outwork-warden");

    public static string Outwork => Executable("src/Outwork.Cli", "outwork");

    public static string CProduct => Path.Join(AppContext.BaseDirectory, "c-product");

    /// <summary>Compiles the C sample with further options of the compiler, whose paths are those of the repository.</summary>
    public static void CompileSample(string output, params string[] options)
    {
        Assert.Equal(0, Run("cc", [.. options, "-O1", "-pthread", "-o", output, "samples/c-product/product.c"]));
    }

    /// <summary>Runs a program to its end; returns its code.</summary>
    public static int Run(string program, params string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo(program, arguments) { WorkingDirectory = Repository, RedirectStandardOutput = true, UseShellExecute = false };
#pragma warning disable RS0030 // Tests are no part of the product and have no launcher.
        using var process = System.Diagnostics.Process.Start(start)!;
#pragma warning restore RS0030
        _ = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    private static string Executable(string project, string name)
    {
        // The programs are built with the tests, in the same configuration.
        string configuration = Directory.GetParent(AppContext.BaseDirectory)!.Parent!.Parent!.Name;
        return Path.Join(Repository, project, "bin", configuration, "net10.0", "linux-x64", name);
    }

    private static string FindRepository()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Join(at.FullName, "Outwork.slnx")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("not inside of the repository");
    }
}
