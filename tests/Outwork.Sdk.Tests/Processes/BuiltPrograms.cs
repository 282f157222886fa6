namespace Outwork.Sdk.Tests.Processes;

/// <summary>Where the build put the programs that the tests start.</summary>
internal static class BuiltPrograms
{
    public static string Repository { get; } = FindRepository();

    public static string MinimalProduct => Executable("samples/minimal-product", "outwork-minimal-product");

    public static string AnswerAtOnce => Executable("bench/products/AnswerAtOnce", "outwork-answer-at-once");

    public static string CProduct => Path.Combine(AppContext.BaseDirectory, "c-product");

    private static string Executable(string project, string name)
    {
        // The programs are built with the tests, in the same configuration.
        string configuration = Directory.GetParent(AppContext.BaseDirectory)!.Parent!.Parent!.Name;
        return Path.Combine(Repository, project, "bin", configuration, "net10.0", "linux-x64", name);
    }

    private static string FindRepository()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Outwork.slnx")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("not inside of the repository");
    }
}
