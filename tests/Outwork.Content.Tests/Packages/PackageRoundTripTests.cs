using System.Formats.Tar;
using Outwork.Content.Packages;
using Outwork.Content.Tests.Support;

namespace Outwork.Content.Tests.Packages;

public sealed class PackageRoundTripTests
{
    [Fact]
    public void Package_is_the_golden_file_byte_for_byte()
    {
        byte[] golden = File.ReadAllBytes(Path.Combine(Repository.Golden, "acme-guard-content-1.4.0.owpkg"));

        Assert.Equal(golden, Samples.Package());
    }

    [Fact]
    public void Order_of_the_sources_changes_nothing()
    {
        Assert.Equal(Samples.Package(), Samples.Package(null, [.. Samples.Sources.Reverse()]));
    }

    [Fact]
    public void What_is_read_is_what_was_written()
    {
        using var stream = new MemoryStream(Samples.Package());
        using PackageReader? reader = PackageReader.Open(stream, PackageLimits.Format, out PackageRefusal? refusal);
        Assert.Null(refusal);
        Assert.Equal(Samples.Manifest with { Files = [], Requires = PackageRequirements.None }, reader!.Manifest with { Files = [], Requires = PackageRequirements.None });
        Assert.Equal(Samples.Manifest.Requires.Systems, reader.Manifest.Requires.Systems);
        Assert.Equal(Samples.Manifest.Requires.Product, reader.Manifest.Requires.Product);
        Assert.Equal(["check", "empty", "rules/allow.txt", "rules/deny.txt"], reader.Manifest.Files.Select(f => f.Path));
        Assert.Equal([true, false, false, false], reader.Manifest.Files.Select(f => f.Executable));
        foreach (PackageFile file in reader.Manifest.Files)
        {
            using var copy = new MemoryStream();
            Assert.Null(reader.CopyNext(copy));
            using var original = new MemoryStream();
            Samples.Sources.Single(s => s.Path == file.Path).Open().CopyTo(original);
            Assert.Equal(original.ToArray(), copy.ToArray());
        }

        Assert.Null(reader.Finish());
        Assert.Equal(stream.Length, reader.Length);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stream.ToArray())), reader.Digest);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(156)]
    [InlineData(PackagePath.MaximumLength)]
    public void Archive_is_what_everybody_else_reads_too(int length)
    {
        string path = string.Join('/', Enumerable.Repeat("sixteen-letters-", 15))[..(length - 5)] + "/file";
        byte[] package = Samples.Package(null, Samples.Source(path, "text", executable: true));

        using var tar = new TarReader(new MemoryStream(package));
        Assert.Equal(PackageManifest.FileName, tar.GetNextEntry()!.Name);
        TarEntry entry = tar.GetNextEntry()!;
        Assert.Equal(path, entry.Name);
        Assert.Equal(TarEntryType.RegularFile, entry.EntryType);
        Assert.Equal((UnixFileMode)493, entry.Mode);
        Assert.Equal(DateTimeOffset.UnixEpoch, entry.ModificationTime);
        Assert.Null(tar.GetNextEntry());
    }

    [Fact]
    public void Large_package_is_written_and_read_in_a_little_memory()
    {
        const long Size = 200L * 1024 * 1024;
        long before = GC.GetAllocatedBytesForCurrentThread();
        var counted = new CountingStream();
        WrittenPackage? written = PackageWriter.Write(
            counted, Samples.Manifest, [new PackageSource("large", false, () => new ZeroStream(Size))], PackageLimits.Format, out _);
        Assert.True(counted.Written > Size);
        Assert.Equal(counted.Written, written!.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 1024 * 1024);
    }

    [Fact]
    public void Source_that_changes_while_the_package_is_built_is_refused()
    {
        int opened = 0;
        var source = new PackageSource("a", false, () => new MemoryStream(new byte[] { (byte)opened++ }));

        Assert.Null(PackageWriter.Write(Stream.Null, Samples.Manifest, [source], PackageLimits.Format, out PackageRefusal? refusal));
        Assert.Equal(PackageRefusalCode.SourceChanged, refusal!.Code);
        var growing = new PackageSource("a", false, () => new ZeroStream(opened++));
        Assert.Null(PackageWriter.Write(Stream.Null, Samples.Manifest, [growing], PackageLimits.Format, out refusal));
        Assert.Equal(PackageRefusalCode.SourceChanged, refusal!.Code);
    }

    [Fact]
    public void Writer_refuses_what_a_reader_would_refuse()
    {
        Assert.Null(PackageWriter.Write(Stream.Null, Samples.Manifest with { Vendor = "Acme Inc" }, Samples.Sources, PackageLimits.Format, out PackageRefusal? refusal));
        Assert.Equal(PackageRefusalCode.ManifestInvalid, refusal!.Code);
        Assert.Equal("vendor", Assert.Single(refusal.Faults).Field);
        Assert.Null(PackageWriter.Write(Stream.Null, Samples.Manifest, [Samples.Source("a", ""), Samples.Source("A", "")], PackageLimits.Format, out refusal));
        Assert.Equal(PackageRefusalCode.DuplicateName, refusal!.Code);
    }

    private sealed class ZeroStream(long length) : MemoryStream
    {
        private long _left = length;

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = (int)Math.Min(_left, count);
            Array.Clear(buffer, offset, read);
            _left -= read;
            return read;
        }
    }

    private sealed class CountingStream : MemoryStream
    {
        public long Written { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer) => Written += buffer.Length;
    }
}
