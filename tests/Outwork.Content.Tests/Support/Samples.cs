using System.Text;
using Outwork.Content.Packages;

namespace Outwork.Content.Tests.Support;

/// <summary>Packages to test with.</summary>
internal static class Samples
{
    public static PackageManifest Manifest { get; } = new()
    {
        Kind = PackageKind.Content,
        Vendor = "acme",
        Product = "acme-guard",
        Version = PackageVersion.Parse("1.4.0"),
        Description = "Rules of November, \u201creviewed\u201d",
        Schema = new PackageSchema("guard-rules", 3, 21),
        Requires = new PackageRequirements
        {
            Product = new PackageVersionRange(PackageVersion.Parse("2.0.0"), PackageVersion.Parse("3.0.0")),
            Systems = ["linux-x64", "linux-arm64"],
        },
        Trial = new TrialConditions { MinimumReplayedEvents = 5_000, MinimumLiveEvents = 100, MinimumLiveSeconds = 60, MaximumNewlyDenied = 0 },
        Commit = new CommitConditions { MinimumSeconds = 1_800 },
    };

    public static PackageSource[] Sources { get; } =
    [
        Source("rules/deny.txt", "deny everything\n"),
        Source("rules/allow.txt", "allow some\n"),
        Source("check", "#!/bin/sh\nexit 0\n", executable: true),
        Source("empty", ""),
    ];

    public static PackageSource Source(string path, string text, bool executable = false) => Source(path, Encoding.UTF8.GetBytes(text), executable);

    public static PackageSource Source(string path, byte[] bytes, bool executable = false) => new(path, executable, () => new MemoryStream(bytes, writable: false));

    public static byte[] Package(PackageManifest? manifest = null, params PackageSource[] sources) => PackageOf(manifest ?? Manifest, sources.Length == 0 ? Sources : sources);

    public static byte[] PackageOf(PackageManifest manifest, PackageSource[] sources)
    {
        using var stream = new MemoryStream();
        WrittenPackage? written = PackageWriter.Write(stream, manifest, sources, PackageLimits.Format, out PackageRefusal? refusal);
        Assert.True(written is not null, refusal?.ToString());
        return stream.ToArray();
    }

    public static PackageRefusalCode? Verify(byte[] package, PackageLimits? limits = null)
    {
        using var stream = new MemoryStream(package, writable: false);
        return PackageReader.Verify(stream, limits ?? PackageLimits.Format).Refusal?.Code;
    }
}
