using System.Text;
using Outwork.Content.Packages;
using Outwork.Content.Tests.Support;
using Outwork.Contracts.Products;

namespace Outwork.Content.Tests.Packages;

/// <summary>
/// Mutates a committed corpus with a seeded source. Readers must not throw, and what is accepted must be what the writer makes of it, byte for byte but for the
/// form of the manifest, which somebody else may have written.
/// <c>OUTWORK_FUZZ_SECONDS</c> makes a run longer.
/// </summary>
public sealed class PackageFuzzTests
{
    private const int Rounds = 4_000;

    [Fact]
    public void Corpus_is_refused_or_accepted_as_its_names_say()
    {
        string[] files = Directory.GetFiles(Repository.PackageCorpus, "*.owpkg");
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            PackageRefusalCode? code = Samples.Verify(File.ReadAllBytes(file));
            string expected = Path.GetFileName(file).Split('.', 2)[0];
            Assert.Equal(expected, code is null ? "accepted" : PackageRefusal.TextOf(code.Value));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20261121)]
    public void Mutated_packages_are_refused_or_are_what_a_writer_makes(int seed)
    {
        byte[][] corpus = [.. Directory.GetFiles(Repository.PackageCorpus, "*.owpkg").Order(StringComparer.Ordinal).Select(File.ReadAllBytes), Samples.Package()];
        var mutation = new Mutation(seed, "\0\0\0\0\0\0\0\0", "ustar\0" + "00", "0000644", "0000755", "00000000000", "../", "/", "\"size\":", "\"files\":[", "outwork-package.json");
        int accepted = 0, rounds = 0;
        var refused = new HashSet<PackageRefusalCode>();
        foreach (byte[] package in mutation.Of(corpus, Rounds))
        {
            byte[] bytes = mutation.Next(3) == 0 ? Mutation.WithChecksums(package) : package;
            using var stream = new MemoryStream(bytes, writable: false);
            PackageVerification result = PackageReader.Verify(stream, PackageLimits.Format);
            rounds++;
            if (result.Refusal is { } refusal)
            {
                refused.Add(refusal.Code);
                Assert.NotEmpty(refusal.What);
                continue;
            }

            accepted++;
            Assert.Equal(bytes.Length, result.Length);
            Assert.Null(PackageFileList.Check(result.Manifest!.Files, PackageLimits.Format));
            CheckRewritten(bytes);
        }

        // Mutation that only ever gives refused packages for one reason would test one if.
        Assert.True(accepted > 0 && refused.Count >= 10, $"{accepted} of {rounds} accepted; refused: {string.Join(", ", refused)}");
    }

    private static void CheckRewritten(byte[] package)
    {
        using PackageReader reader = PackageReader.Open(new MemoryStream(package, writable: false), PackageLimits.Format, out _)!;
        var sources = new List<PackageSource>();
        foreach (PackageFile file in reader.Manifest.Files)
        {
            using var content = new MemoryStream();
            Assert.Null(reader.CopyNext(content));
            sources.Add(Samples.Source(file.Path, content.ToArray(), file.Executable));
        }

        byte[] manifest = PackageManifestWriter.Write(reader.Manifest);
        byte[] again = Samples.PackageOf(reader.Manifest, [.. sources]);
        Assert.Equal(package[EndOf(reader.ManifestBytes.Length)..], again[EndOf(manifest.Length)..]);
        if (reader.ManifestBytes.Span.SequenceEqual(manifest))
            Assert.Equal(package, again);

        static int EndOf(int manifestLength) => 512 + ((manifestLength + 511) / 512 * 512);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20261121)]
    public void Mutated_manifests_are_refused_with_a_fault_or_survive_being_written(int seed)
    {
        byte[][] corpus = [.. Directory.GetFiles(Repository.ManifestCorpus, "*.json").Order(StringComparer.Ordinal).Select(File.ReadAllBytes), PackageManifestWriter.Write(Samples.Manifest)];
        var mutation = new Mutation(seed, "null", "{", "}", "[", "]", ",", ":", "\"", "\\u0000", "\\ud800", "//", "/*", "1e400", "-1", "99999999999999999999", "true", "\"format\":1", "\"trial\":{");
        int accepted = 0, rounds = 0;
        foreach (byte[] json in mutation.Of(corpus, Rounds))
        {
            rounds++;
            PackageManifest? manifest = PackageManifestReader.Read(json, out List<ManifestFault> faults);
            Assert.Equal(manifest is null, faults.Count != 0);
            PackageManifestReader.ReadSource(json, out _);
            if (manifest is null)
                continue;
            accepted++;
            byte[] written = PackageManifestWriter.Write(manifest);
            PackageManifest? again = PackageManifestReader.Read(written, out _);
            Assert.True(again is not null, Encoding.UTF8.GetString(json));
            Assert.Equal(written, PackageManifestWriter.Write(again));
        }

        Assert.InRange(accepted, rounds / 100, rounds * 9 / 10);
    }
}
