namespace Outwork.Content.Packages;

/// <summary>Judges the list of a package's files as a whole.</summary>
public static class PackageFileList
{
    /// <summary>The first thing that is wrong with it, or null.</summary>
    public static PackageRefusal? Check(IReadOnlyList<PackageFile> files, PackageLimits limits)
    {
        if (files.Count > limits.Files)
            return new PackageRefusal(PackageRefusalCode.TooManyFiles, "", $"{files.Count} files; at most {limits.Files}");
        // By the name as a system takes it that does not tell capitals from small letters; value: as it is written.
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [PackageManifest.FileName] = PackageManifest.FileName };
        var folders = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        long total = 0;
        string? previous = null;
        foreach (PackageFile file in files)
        {
            if (PackagePath.Check(file.Path) is { } refusal)
                return refusal;
            if (file.Size < 0 || file.Size > limits.FileBytes)
                return new PackageRefusal(PackageRefusalCode.FileTooLarge, file.Path, $"{file.Size} bytes; at most {limits.FileBytes}");
            if (file.Size > limits.TotalBytes - total)
                return new PackageRefusal(PackageRefusalCode.PackageTooLarge, file.Path, $"with it the files have more than {limits.TotalBytes} bytes");
            total += file.Size;
            if (CheckUnique(file.Path, names, folders) is { } twice)
                return new PackageRefusal(PackageRefusalCode.DuplicateName, file.Path, $"the same name as {twice}, where capitals are not told from small letters");
            if (folders.Count > limits.Folders)
                return new PackageRefusal(PackageRefusalCode.TooManyFiles, file.Path, $"with it there are more than {limits.Folders} folders");
            if (previous is not null && string.CompareOrdinal(previous, file.Path) > 0)
                return new PackageRefusal(PackageRefusalCode.NotSorted, file.Path, $"comes after {previous}");
            previous = file.Path;
        }

        return null;
    }

    // The name that it collides with.
    private static string? CheckUnique(string path, Dictionary<string, string> names, Dictionary<string, string> folders)
    {
        if (names.TryGetValue(path, out string? other) || folders.TryGetValue(path, out other))
            return other;
        names.Add(path, path);
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            string folder = path[..slash];
            if (names.TryGetValue(folder, out other))
                return other;
            if (!folders.TryAdd(folder, folder) && folders[folder] != folder)
                return folders[folder];
        }

        return null;
    }
}
