using Outwork.Contracts.Products;

namespace Outwork.Content.Packages;

/// <summary>
/// A folder that a package is built from: the manifest without its list of files, and beside and below it what goes in. An empty folder
/// leaves no trace. Who may execute a file is the file's own permission for its owner; where files have none, nobody may.
/// </summary>
/// <param name="Manifest">What the manifest says.</param>
/// <param name="Sources">The files.</param>
public sealed record PackageFolder(PackageManifest Manifest, IReadOnlyList<PackageSource> Sources)
{
    // What a system without such permissions reports.
    private const UnixFileMode NoMode = (UnixFileMode)(-1);

    /// <summary>Reads a folder; null, and why, when no package can be built from it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="limits">The most the package may be.</param>
    /// <param name="isRegular">Whether a path is of a regular file, which only the system can tell.</param>
    /// <param name="refusal">Why not.</param>
    /// <exception cref="IOException">The folder or a file could not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static PackageFolder? Read(string path, PackageLimits limits, Predicate<string> isRegular, out PackageRefusal? refusal)
    {
        var manifest = new FileInfo(Path.Join(path, PackageManifest.FileName));
        // As every other file: a link could lead out of the folder, and opening a pipe could wait for ever.
        if (manifest.LinkTarget is not null)
            refusal = new PackageRefusal(PackageRefusalCode.Link, PackageManifest.FileName, "a link");
        else if (!manifest.Exists)
            refusal = new PackageRefusal(PackageRefusalCode.Unreadable, PackageManifest.FileName, $"there is none in {path}")
            {
                Remedy = Directory.Exists(path) ? $"Write {PackageManifest.FileName} into the folder; docs/packages.md has an example and lists the fields." : "Name a folder that is there and that you may look into.",
            };
        else if (!isRegular(manifest.FullName))
            refusal = new PackageRefusal(PackageRefusalCode.SpecialFile, PackageManifest.FileName, "no regular file");
        else if (manifest.Length > limits.ManifestBytes)
            refusal = new PackageRefusal(PackageRefusalCode.ManifestTooLarge, PackageManifest.FileName, $"{manifest.Length} bytes; at most {limits.ManifestBytes}");
        else if (PackageManifestReader.ReadSource(File.ReadAllBytes(manifest.FullName), out List<ManifestFault> faults) is not { } read)
            refusal = new PackageRefusal(PackageRefusalCode.ManifestInvalid, PackageManifest.FileName, string.Join("; ", faults)) { Faults = faults };
        else
        {
            var sources = new List<PackageSource>();
            refusal = Collect(new DirectoryInfo(path), "", sources, limits, isRegular);
            return refusal is null ? new PackageFolder(read, sources) : null;
        }

        return null;
    }

    private static PackageRefusal? Collect(DirectoryInfo folder, string prefix, List<PackageSource> sources, PackageLimits limits, Predicate<string> isRegular)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false }))
        {
            string name = prefix + entry.Name;
            if (name == PackageManifest.FileName)
                continue;
            if (entry.LinkTarget is not null)
                return new PackageRefusal(PackageRefusalCode.Link, name, "a link");
            if (PackagePath.Check(name) is { } refusal)
                return refusal;
            if (entry is DirectoryInfo inner)
            {
                if (Collect(inner, name + "/", sources, limits, isRegular) is { } further)
                    return further;
                continue;
            }

            // Devices, pipes and sockets; opening one could wait for ever.
            if (!isRegular(entry.FullName))
                return new PackageRefusal(PackageRefusalCode.SpecialFile, name, "no regular file");
            if (sources.Count >= limits.Files)
                return new PackageRefusal(PackageRefusalCode.TooManyFiles, name, $"more than {limits.Files} files");
            UnixFileMode mode = entry.UnixFileMode;
            sources.Add(new PackageSource(name, mode != NoMode && mode.HasFlag(UnixFileMode.UserExecute), () => File.OpenRead(entry.FullName)));
        }

        return null;
    }
}
