using Outwork.Platform.Linux.Processes;

namespace Outwork.Warden;

/// <summary>
/// Whoever can write a program that root runs is root: the programs, what they load and every folder above them must be root's alone.
/// </summary>
internal static class TrustedPrograms
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    // As many as the kernel follows (path_resolution(7)).
    private const int MostLinks = 40;

    /// <summary>The first of the warden's own programs and its runtime that somebody but root can write; null when there is none.</summary>
    public static string? FindWritable(WardenOptions options)
    {
        string runtime = CurrentProcess.RuntimeDirectory;
        return FindWritable(options.ProgramDirectory) ?? FindWritable(Path.Join(runtime, "host")) ?? FindWritable(Path.Join(runtime, "shared"));
    }

    /// <summary>The same of a product: its program, all that is in its folder, the manifest among them.</summary>
    public static string? FindWritable(ProductOption product) =>
        FindReplaceable(product.Program, MostLinks) ?? FindWritable(Path.GetDirectoryName(product.Program)!);

    /// <summary>The first of the directory, everything in it, and what is above it, that somebody but root can write or replace; null when there is none.</summary>
    public static string? FindWritable(string directory) => FindReplaceable(directory, MostLinks) ?? FindInside(directory, []);

    private static string? FindInside(string directory, HashSet<string> seen)
    {
        if (!seen.Add(directory))
            return null;
        foreach (string path in Directory.EnumerateFileSystemEntries(directory))
        {
            if (Target(path) is { } target)
            {
                // What it leads to may be anywhere.
                if (FindReplaceable(path, MostLinks) is { } outside)
                    return outside;
                if (Directory.Exists(target) && FindInside(target, seen) is { } beyond)
                    return beyond;
            }
            else if (IsWritable(path, isAbove: false))
                return path;
            else if (Directory.Exists(path) && FindInside(path, seen) is { } inner)
                return inner;
        }

        return null;
    }

    // The path itself, each folder above it, and where links among them lead.
    private static string? FindReplaceable(string path, int links)
    {
        for (string? part = path; part is not null; part = Path.GetDirectoryName(part))
        {
            if (Target(part) is { } target)
            {
                if (links == 0 || FileOwner.Get(part) != 0)
                    return part;
                if (FindReplaceable(target, links - 1) is { } found)
                    return found;
            }
            else if (IsWritable(part, isAbove: part != path))
                return part;
        }

        return null;
    }

    private static string? Target(string path) =>
        new FileInfo(path).LinkTarget is { } target ? Path.GetFullPath(target, Path.GetDirectoryName(path)!) : null;

    // In a folder with the sticky bit, such as /tmp, nobody can replace what is another's.
    private static bool IsWritable(string path, bool isAbove)
    {
        UnixFileMode mode = File.GetUnixFileMode(path);
        return FileOwner.Get(path) != 0 || ((mode & OthersWrite) != 0 && !(isAbove && (mode & UnixFileMode.StickyBit) != 0));
    }
}
