namespace Outwork.Content.Tests.Support;

/// <summary>Where the sources are.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Golden => Path.Combine(Root, "testassets", "golden", "packages");

    public static string PackageCorpus => Path.Combine(Root, "testassets", "fuzz", "packages");

    public static string ManifestCorpus => Path.Combine(Root, "testassets", "fuzz", "package-manifests");

    private static string Find()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Outwork.slnx")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("the tests are not inside of the repository");
    }
}
