namespace Outwork.Content.Packages;

/// <summary>Says what is wrong with a header that is not the one that must come. Nothing of it is used otherwise.</summary>
internal static class HeaderDiagnosis
{
    private static readonly (byte[] Magic, string Name)[] Compressions =
    [
        ([0x1f, 0x8b], "gzip"), ([0x28, 0xb5, 0x2f, 0xfd], "zstd"), ([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z'], "xz"),
        ("BZh"u8.ToArray(), "bzip2"), ("PK\x03\x04"u8.ToArray(), "zip"), ([0x04, 0x22, 0x4d, 0x18], "lz4"),
    ];

    /// <summary>Of the first header, which is the manifest's.</summary>
    public static PackageRefusal OfFirst(ReadOnlySpan<byte> block)
    {
        foreach ((byte[] magic, string name) in Compressions)
        {
            if (block.StartsWith(magic))
                return new PackageRefusal(PackageRefusalCode.Compressed, "", $"compressed ({name}); a package is not");
        }

        if (!UstarHeader.IsHeader(block))
            return new PackageRefusal(PackageRefusalCode.NotAPackage, "", "does not begin with the header of an archive");
        return OfEntry(block) ?? (UstarHeader.PathOf(block) == PackageManifest.FileName
            ? new PackageRefusal(PackageRefusalCode.HeaderInvalid, PackageManifest.FileName, "the header says more than it may: owner, time or permissions")
            : new PackageRefusal(PackageRefusalCode.NotAPackage, UstarHeader.PathOf(block), $"the first file is not {PackageManifest.FileName}"));
    }

    /// <summary>Of a header where another was expected.</summary>
    /// <param name="block">The header.</param>
    /// <param name="files">All files of the manifest.</param>
    /// <param name="next">Which of them was to come; their number when none was.</param>
    public static PackageRefusal Of(ReadOnlySpan<byte> block, IReadOnlyList<PackageFile> files, int next)
    {
        if (!block.ContainsAnyExcept((byte)0))
            return new PackageRefusal(PackageRefusalCode.MissingFile, files[next].Path, "the manifest tells of it, and the archive ends before it");
        string where = next < files.Count ? files[next].Path : "";
        if (!UstarHeader.IsHeader(block))
            return new PackageRefusal(PackageRefusalCode.HeaderInvalid, where, "the header is damaged");
        string path = UstarHeader.PathOf(block);
        if ((OfEntry(block) ?? PackagePath.Check(path)) is { } refusal)
            return refusal;
        int known = -1;
        for (int i = 0; i < files.Count && known < 0; i++)
            known = files[i].Path.Equals(path, StringComparison.OrdinalIgnoreCase) ? i : -1;
        if (known >= 0 && known < next)
            return new PackageRefusal(PackageRefusalCode.DuplicateName, path, "the archive has it twice");
        if (known < 0 || next >= files.Count)
            return new PackageRefusal(PackageRefusalCode.UnexpectedFile, path, "the manifest does not tell of it");
        if (known > next)
            return new PackageRefusal(PackageRefusalCode.MissingFile, where, $"the manifest tells of it, and {path} is in its place");
        return UstarHeader.SizeOf(block) != files[next].Size
            ? new PackageRefusal(PackageRefusalCode.SizeMismatch, path, $"the header tells another size than the manifest's {files[next].Size} bytes")
            : new PackageRefusal(PackageRefusalCode.HeaderInvalid, path, "the header says more than it may, or other permissions than the manifest");
    }

    private static PackageRefusal? OfEntry(ReadOnlySpan<byte> block)
    {
        string path = UstarHeader.PathOf(block);
        return (char)UstarHeader.TypeOf(block) switch
        {
            '0' => null,
            '1' => new PackageRefusal(PackageRefusalCode.Link, path, "a hard link"),
            '2' => new PackageRefusal(PackageRefusalCode.Link, path, "a symbolic link"),
            '3' or '4' or '6' => new PackageRefusal(PackageRefusalCode.SpecialFile, path, "a device or pipe"),
            '5' => new PackageRefusal(PackageRefusalCode.ForeignEntry, path, "a folder; the names of the files tell of folders"),
            'S' => new PackageRefusal(PackageRefusalCode.ForeignEntry, path, "a sparse file, which is larger than its bytes"),
            _ => new PackageRefusal(PackageRefusalCode.ForeignEntry, path, "an entry that is no plain file"),
        };
    }
}
