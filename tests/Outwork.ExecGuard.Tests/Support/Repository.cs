namespace Outwork.ExecGuard.Tests.Support;

/// <summary>Where the sources are.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string FuzzCorpus => Path.Combine(Root, "testassets", "fuzz", "hashlists");

    /// <summary>The content as it ships, beside the tests.</summary>
    public static string ShippedContent => Path.Combine(AppContext.BaseDirectory, "products", "execguard", "content");

    private static string Find()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Outwork.slnx")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("the tests are not inside of the repository");
    }
}
