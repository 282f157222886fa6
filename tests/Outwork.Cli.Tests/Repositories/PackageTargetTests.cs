using Outwork.Content.Packages;

namespace Outwork.Cli.Tests.Repositories;

/// <summary>Packages on their way into a repository.</summary>
public sealed class PackageTargetTests
{
    private const string Path = "acme/guard/content.owpkg";

    [Fact]
    public async Task Package_that_is_not_newer_than_the_published_one_is_told_of()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        Build(run, "one", "1.0.0", "rules");
        Build(run, "two", "1.1.0", "rules");
        Build(run, "other", "1.1.0", "other rules");
        await AddAsync(run, "one");
        Assert.DoesNotContain("is published", run.Told, StringComparison.Ordinal);
        await AddAsync(run, "two");
        Assert.DoesNotContain("is published", run.Told, StringComparison.Ordinal);
        await PublishAsync(run);

        await AddAsync(run, "one");
        Assert.Contains($"1.0.0 is older than 1.1.0, which is published at {Path}", run.Told, StringComparison.Ordinal);
        await AddAsync(run, "other");
        Assert.Contains($"{Path} is published with other bytes as 1.1.0 already", run.Told, StringComparison.Ordinal);
        await AddAsync(run, "two");
        Assert.Contains($"{Path} is published with the same bytes already", run.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_package_is_refused_and_leaves_nothing()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        string file = Build(run, "one", "1.0.0", "rules");
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[^1536] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        // By its own name, whatever it is to be called.
        await run.RefusesAsync("add @one.owpkg --path acme/guard/content", "[package-digest-mismatch]");

        Assert.Empty(Directory.GetFileSystemEntries(System.IO.Path.Join(run.Repository, "public/targets")));
    }

    private static Task AddAsync(RepositoryRun run, string name) => run.DoAsync($"add @{name}.owpkg --path {Path}");

    private static async Task PublishAsync(RepositoryRun run)
    {
        await run.SignAsync("targets");
        await run.PublishAsync();
    }

    private static string Build(RepositoryRun run, string name, string version, string text)
    {
        string rules = run.Write("rules", text), package = run.PathOf(name + PackageManifest.Extension);
        var manifest = new PackageManifest
        {
            Kind = PackageKind.Content, Vendor = "acme", Product = "guard", Version = PackageVersion.Parse(version), Schema = new PackageSchema("rules", 1, 1),
        };
        using FileStream stream = File.Create(package);
        Assert.NotNull(PackageWriter.Write(stream, manifest, [new PackageSource("rules", Executable: false, () => File.OpenRead(rules))], PackageLimits.Format, out _));
        return package;
    }
}
