namespace Outwork.Faults;

/// <summary>Where the build put the programs that are started.</summary>
public static class BuiltPrograms
{
    /// <summary>The repository's root.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder of what `./outwork build` made, or what the environment variable OUTWORK_BIN names.</summary>
    public static string Executables => Environment.GetEnvironmentVariable("OUTWORK_BIN") ?? Path.Join(Repository, "artifacts", "bin");

    /// <summary>The product that is broken on demand, built with whatever uses this library.</summary>
    public static string ChaosProduct
    {
        get
        {
#if DEBUG
            const string Configuration = "Debug";
#else
            const string Configuration = "Release";
#endif
            return Path.Join(Repository, "testassets", "ChaosProduct", "bin", Configuration, "net10.0", "linux-x64", "chaos-product");
        }
    }

    private static string FindRepository()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Join(at.FullName, "Outwork.slnx")))
                return at.FullName;
        }

        throw new InvalidOperationException("not inside of the repository");
    }
}
