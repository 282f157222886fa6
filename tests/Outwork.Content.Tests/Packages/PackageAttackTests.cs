using Outwork.Content.Packages;
using Outwork.Content.Tests.Support;

namespace Outwork.Content.Tests.Packages;

/// <summary>Each attack on whoever unpacks is refused by its name.</summary>
public sealed class PackageAttackTests
{
    private const string Text = "text\n";

    [Theory]
    [InlineData("../evil", PackageRefusalCode.PathTraversal)]
    [InlineData("rules/../../evil", PackageRefusalCode.PathTraversal)]
    [InlineData("..\\evil", PackageRefusalCode.PathTraversal)]
    [InlineData("..", PackageRefusalCode.PathTraversal)]
    [InlineData("/etc/passwd", PackageRefusalCode.AbsoluteName)]
    [InlineData("\\evil", PackageRefusalCode.AbsoluteName)]
    [InlineData("C:evil", PackageRefusalCode.AbsoluteName)]
    [InlineData("", PackageRefusalCode.NameNotPortable)]
    [InlineData("./evil", PackageRefusalCode.NameNotPortable)]
    [InlineData("a//b", PackageRefusalCode.NameNotPortable)]
    [InlineData("a/", PackageRefusalCode.NameNotPortable)]
    [InlineData("a\nb", PackageRefusalCode.NameNotPortable)]
    [InlineData("a\0b", PackageRefusalCode.NameNotPortable)]
    [InlineData("a ", PackageRefusalCode.NameNotPortable)]
    [InlineData("a./b", PackageRefusalCode.NameNotPortable)]
    [InlineData("a\\b", PackageRefusalCode.NameNotPortable)]
    [InlineData("a:stream", PackageRefusalCode.AbsoluteName)]
    [InlineData("ab:stream", PackageRefusalCode.NameNotPortable)]
    [InlineData("rules/NUL.txt", PackageRefusalCode.NameNotPortable)]
    [InlineData("caf\u00e9", PackageRefusalCode.NameNotPortable)]
    [InlineData("cafe\u0301", PackageRefusalCode.NameNotPortable)]
    [InlineData("\u202egnp.exe", PackageRefusalCode.NameNotPortable)]
    public void Name_that_is_no_plain_name_below_the_package_is_refused(string name, PackageRefusalCode code)
    {
        byte[] package = new ForgedArchive().Manifested(ForgedArchive.Manifest((name, Text))).File(name, Text).End();

        Assert.Equal(code, Samples.Verify(package));
    }

    [Theory]
    [InlineData("../evil", PackageRefusalCode.PathTraversal)]
    [InlineData("/etc/passwd", PackageRefusalCode.AbsoluteName)]
    [InlineData("b", PackageRefusalCode.UnexpectedFile)]
    [InlineData("A", PackageRefusalCode.HeaderInvalid)]
    public void Archive_that_names_a_file_other_than_its_manifest_is_refused(string name, PackageRefusalCode code)
    {
        byte[] package = new ForgedArchive().Manifested(ForgedArchive.Manifest(("a", Text))).File(name, Text).End();

        Assert.Equal(code, Samples.Verify(package));
    }

    [Theory]
    [InlineData('1', PackageRefusalCode.Link)]
    [InlineData('2', PackageRefusalCode.Link)]
    [InlineData('3', PackageRefusalCode.SpecialFile)]
    [InlineData('4', PackageRefusalCode.SpecialFile)]
    [InlineData('6', PackageRefusalCode.SpecialFile)]
    [InlineData('5', PackageRefusalCode.ForeignEntry)]
    [InlineData('7', PackageRefusalCode.ForeignEntry)]
    [InlineData('x', PackageRefusalCode.ForeignEntry)]
    [InlineData('g', PackageRefusalCode.ForeignEntry)]
    [InlineData('L', PackageRefusalCode.ForeignEntry)]
    [InlineData('S', PackageRefusalCode.ForeignEntry)]
    [InlineData('\0', PackageRefusalCode.ForeignEntry)]
    public void Entry_that_is_no_plain_file_is_refused(char type, PackageRefusalCode code)
    {
        byte[] package = new ForgedArchive().Manifested(ForgedArchive.Manifest(("a", Text))).File("a", Text, type, link: "/etc/shadow").End();

        Assert.Equal(code, Samples.Verify(package));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "A")]
    [InlineData("Rules/x", "rules/X")]
    [InlineData("Rules/x", "rules/y")]
    [InlineData("a", "a/b")]
    [InlineData("A", "a/b")]
    [InlineData("OUTWORK-PACKAGE.JSON", "a")]
    [InlineData("a", "outwork-package.json")]
    [InlineData("a", "outwork-package.json/x")]
    public void Two_names_for_one_file_are_refused(string one, string other)
    {
        byte[] package = new ForgedArchive().Manifested(ForgedArchive.Manifest((one, Text), (other, Text))).File(one, Text).File(other, Text).End();

        Assert.Equal(PackageRefusalCode.DuplicateName, Samples.Verify(package));
    }

    [Fact]
    public void File_that_comes_twice_in_the_archive_is_refused()
    {
        byte[] package = new ForgedArchive().Manifested(ForgedArchive.Manifest(("a", Text))).File("a", Text).File("a", "evil").End();

        Assert.Equal(PackageRefusalCode.DuplicateName, Samples.Verify(package));
    }

    [Fact]
    public void Decompression_bomb_is_refused_before_anything_is_unpacked()
    {
        using var bomb = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(bomb, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(new byte[16 * 1024 * 1024]);

        Assert.Equal(PackageRefusalCode.Compressed, Samples.Verify(bomb.ToArray()));
        Assert.Equal(PackageRefusalCode.Compressed, Samples.Verify("PK\x03\x04 a zip"u8.ToArray()));
    }

    [Fact]
    public void Sparse_bomb_that_claims_a_large_size_is_refused_by_its_claim()
    {
        string huge = ForgedArchive.ManifestOf($$"""{"path":"a","size":{{1L << 40}},"sha256":"{{new string('0', 64)}}"}""");
        Assert.Equal(PackageRefusalCode.FileTooLarge, Samples.Verify(new ForgedArchive().Manifested(huge).End()));

        string[] many = [.. Enumerable.Range(0, 5).Select(i => $$"""{"path":"{{i}}","size":{{1L << 30}},"sha256":"{{new string('0', 64)}}"}""")];
        Assert.Equal(PackageRefusalCode.PackageTooLarge, Samples.Verify(new ForgedArchive().Manifested(ForgedArchive.ManifestOf(many)).End()));
    }

    [Fact]
    public void More_files_than_allowed_are_refused()
    {
        (string, string)[] files = [.. Enumerable.Range(1000, 5).Select(i => ($"{i}", Text))];
        byte[] package = files.Aggregate(new ForgedArchive().Manifested(ForgedArchive.Manifest(files)), (archive, file) => archive.File(file.Item1, file.Item2)).End();

        Assert.Null(Samples.Verify(package));
        Assert.Equal(PackageRefusalCode.TooManyFiles, Samples.Verify(package, PackageLimits.Format with { Files = 4 }));
        Assert.Equal(PackageRefusalCode.FileTooLarge, Samples.Verify(package, PackageLimits.Format with { FileBytes = 4 }));
        Assert.Equal(PackageRefusalCode.PackageTooLarge, Samples.Verify(package, PackageLimits.Format with { TotalBytes = 24 }));
        Assert.Equal(PackageRefusalCode.ManifestTooLarge, Samples.Verify(package, PackageLimits.Format with { ManifestBytes = 100 }));
    }

    [Fact]
    public void Folders_without_number_for_a_few_empty_files_are_refused()
    {
        PackageFile[] files = [.. Enumerable.Range(1000, 400).Select(static i => new PackageFile(string.Concat(Enumerable.Range(0, 14).Select(d => $"{i}{d}/")) + "f", 0, ""))];

        Assert.Null(PackageFileList.Check(files[..292], PackageLimits.Format));
        Assert.Equal(PackageRefusalCode.TooManyFiles, PackageFileList.Check(files, PackageLimits.Format)!.Code);
    }

    [Fact]
    public void Refused_manifest_tells_what_was_read_and_gives_its_buffer_back_once()
    {
        byte[] package = new ForgedArchive().Manifested("{}").End();
        using var stream = new MemoryStream(package);
        Assert.InRange(PackageReader.Verify(stream, PackageLimits.Format).Length, 512, package.Length);

        using var whole = new MemoryStream(Samples.Package());
        PackageReader reader = PackageReader.Open(whole, PackageLimits.Format, out _)!;
        reader.Dispose();
        reader.Dispose();
        byte[] one = System.Buffers.ArrayPool<byte>.Shared.Rent(64 * 1024);
        byte[] other = System.Buffers.ArrayPool<byte>.Shared.Rent(64 * 1024);
        Assert.NotSame(one, other);
    }

    [Fact]
    public void Manifest_that_never_ends_is_refused_by_its_claim()
    {
        byte[] package = new ForgedArchive().File("outwork-package.json", "{", size: 1L << 32).End();

        Assert.Equal(PackageRefusalCode.ManifestTooLarge, Samples.Verify(package));
    }

    [Fact]
    public void Header_with_an_owner_a_time_or_set_user_id_is_refused()
    {
        foreach (int offset in new[] { 108, 116, 136, 265, 297, 329, 500 })
        {
            byte[] package = new ForgedArchive().Manifested(ForgedArchive.Manifest(("a", Text)))
                .File("a", Text, change: header => header[offset] = (byte)'1').End();
            Assert.Equal(PackageRefusalCode.HeaderInvalid, Samples.Verify(package));
        }

        byte[] setUser = new ForgedArchive().Manifested(ForgedArchive.Manifest(("a", Text))).File("a", Text, mode: 0xdff).End();
        Assert.Equal(PackageRefusalCode.HeaderInvalid, Samples.Verify(setUser));
        byte[] unasked = new ForgedArchive().Manifested(ForgedArchive.Manifest(("a", Text))).File("a", Text, mode: 493).End();
        Assert.Equal(PackageRefusalCode.HeaderInvalid, Samples.Verify(unasked));
    }

    [Fact]
    public void Bytes_that_are_not_those_of_the_manifest_are_refused()
    {
        string manifest = ForgedArchive.Manifest(("a", Text));

        Assert.Equal(PackageRefusalCode.DigestMismatch, Samples.Verify(new ForgedArchive().Manifested(manifest).File("a", "TEXT\n").End()));
        Assert.Equal(PackageRefusalCode.SizeMismatch, Samples.Verify(new ForgedArchive().Manifested(manifest).File("a", Text + Text).End()));
        Assert.Equal(PackageRefusalCode.MissingFile, Samples.Verify(new ForgedArchive().Manifested(manifest).End()));
        Assert.Equal(PackageRefusalCode.UnexpectedFile, Samples.Verify(new ForgedArchive().Manifested(manifest).File("a", Text).File("b", Text).End()));
    }

    [Fact]
    public void Files_in_another_order_than_their_names_are_refused()
    {
        byte[] swapped = new ForgedArchive().Manifested(ForgedArchive.Manifest(("b", Text), ("a", Text))).File("b", Text).File("a", Text).End();
        Assert.Equal(PackageRefusalCode.NotSorted, Samples.Verify(swapped));

        byte[] archive = new ForgedArchive().Manifested(ForgedArchive.Manifest(("a", Text), ("b", Text))).File("b", Text).File("a", Text).End();
        Assert.Equal(PackageRefusalCode.MissingFile, Samples.Verify(archive));
    }

    [Fact]
    public void Something_hidden_behind_a_file_or_the_end_is_refused()
    {
        string manifest = ForgedArchive.Manifest(("a", Text));
        byte[] padding = new ForgedArchive().Manifested(manifest).File("a", Text).End();
        padding[^1025] = 1;
        Assert.Equal(PackageRefusalCode.PaddingInvalid, Samples.Verify(padding));

        byte[] whole = new ForgedArchive().Manifested(manifest).File("a", Text).End();
        Assert.Equal(PackageRefusalCode.TrailingData, Samples.Verify([.. whole, 0]));
        Assert.Equal(PackageRefusalCode.TrailingData, Samples.Verify([.. whole, .. new byte[512]]));
        whole[^1] = 1;
        Assert.Equal(PackageRefusalCode.TrailingData, Samples.Verify(whole));
    }

    [Fact]
    public void Package_cut_at_any_byte_is_refused()
    {
        byte[] whole = Samples.Package();
        Assert.Null(Samples.Verify(whole));
        for (int length = 0; length < whole.Length; length++)
        {
            PackageRefusalCode? code = Samples.Verify(whole[..length]);
            Assert.Equal(length < 512 ? PackageRefusalCode.NotAPackage : PackageRefusalCode.Truncated, code);
        }
    }

    [Fact]
    public void Package_with_any_byte_changed_is_refused()
    {
        byte[] whole = Samples.Package();
        PackageVerification before = PackageReader.Verify(new MemoryStream(whole), PackageLimits.Format);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 0x01;
            // In the manifest a change may leave a valid manifest: of another package, with another digest.
            PackageVerification after = PackageReader.Verify(new MemoryStream(changed), PackageLimits.Format);
            if (at is < 512 or >= 3072 || after.Refusal is not null)
                Assert.NotNull(after.Refusal);
            else
                Assert.NotEqual(before.Digest, after.Digest);
        }
    }
}
