using System.Security.Cryptography;
using Outwork.Content.Packages;
using Outwork.Content.Store;

namespace Outwork.Content.Tests.Support;

/// <summary>A store on some disk, with packages of versions 1 to 9 of one product.</summary>
internal sealed class StoreBench(IContentFiles files, ContentStoreOptions? options = null) : IDisposable
{
    public const string Product = "acme-guard";

    private static readonly byte[][] Packages = [.. Enumerable.Range(0, 10).Select(static n => Build(n))];

    public static ContentStoreOptions Options { get; } = new() { System = "linux-x64", Outwork = PackageVersion.Parse("0.1.0") };

    /// <summary>What the administrator asks for before content is committed.</summary>
    public static CommitConditions Conditions { get; } = new() { MinimumSeconds = 100 };

    public FakeTime Time { get; } = new();

    public ContentStore Store { get; private set; } = null!;

    public ProductContentState State => Store.StateOf(Product);

    /// <summary>Version and phase of what is in force, then of the other slot, pin and denied versions.</summary>
    public string Summary => SummaryOf(State);

    public static string SummaryOf(ProductContentState state)
    {
        static string Of(SlotRecord? record) => record is null ? "-" : $"{record.Version}:{record.Phase}{(record.Phase == SlotPhase.Trying ? record.Tries : "")}";
        SlotRecord? other = state.InForce is null ? state.A ?? state.B : state[ProductContentState.Other(state.InForce)];
        return $"{Of(state[state.InForce])} {Of(other)} pin={state.Pin} denied={string.Join(',', state.Denied.Select(d => d.Version).Order(StringComparer.Ordinal))}";
    }

    public static byte[] PackageOf(int version) => Packages[version];

    public static string Version(int version) => $"{version}.0.0";

    public StoreBench Open()
    {
        Store?.Dispose();
        Store = ContentStore.Open(files, options ?? Options, Time, out ContentRefusal? refusal)!;
        Assert.True(Store is not null, refusal?.ToString());
        return this;
    }

    public ContentRefusal? Stage(int version) => Stage(PackageOf(version));

    public ContentRefusal? Stage(byte[] package) => Store.Stage(Product, new MemoryStream(package, writable: false), Convert.ToHexStringLower(SHA256.HashData(package)));

    /// <summary>From the package to being in force on trial.</summary>
    public void PutOnTrial(int version)
    {
        Assert.Null(Stage(version));
        Assert.Null(Store.BeginTry(Product, out _));
        Assert.Null(Store.RecordTried(Product, passed: true, "fine"));
        Assert.Null(Store.Activate(Product));
    }

    public void PutInForce(int version)
    {
        PutOnTrial(version);
        Time.Advance(1_000);
        Assert.Null(Commit());
    }

    public ContentRefusal? Commit() => Store.Commit(Product, Conditions);

    /// <summary>The version that a product would read now; null for none. Every byte of it is checked, without the store's help.</summary>
    public static string? Visible(IContentFiles files)
    {
        if (files.KindOf(Product) == ContentEntryKind.None || files.ReadLink(Product + "/current") is not { } slot)
            return null;
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Collect(files, $"{Product}/{slot}", "", found);
        string version = found["version"];
        int number = int.Parse(version.Split('.')[0]);
        Assert.Equal(SourcesOf(number).Select(static s => s.Path).Order(StringComparer.Ordinal), found.Keys);
        foreach (PackageSource source in SourcesOf(number))
        {
            using var reader = new StreamReader(source.Open());
            Assert.Equal(reader.ReadToEnd(), found[source.Path]);
        }

        return version;
    }

    public void Dispose() => Store?.Dispose();

    private static void Collect(IContentFiles files, string folder, string prefix, SortedDictionary<string, string> found)
    {
        foreach (string name in files.List(folder))
        {
            if (files.KindOf($"{folder}/{name}") == ContentEntryKind.Folder)
            {
                Collect(files, $"{folder}/{name}", $"{prefix}{name}/", found);
                continue;
            }

            using var reader = new StreamReader(files.OpenRead($"{folder}/{name}"));
            found.Add(prefix + name, reader.ReadToEnd());
        }
    }

    private static PackageSource[] SourcesOf(int version) =>
    [
        Samples.Source("version", Version(version)),
        Samples.Source("rules/deep/deny.txt", string.Concat(Enumerable.Repeat($"deny {version}\n", 50 + version))),
        Samples.Source("rules/only-" + version, "x", executable: true),
    ];

    private static byte[] Build(int version) => Samples.Package(
        Samples.Manifest with { Version = PackageVersion.Parse(Version(version)), Commit = new CommitConditions { MinimumSeconds = 0 } }, SourcesOf(version));
}
