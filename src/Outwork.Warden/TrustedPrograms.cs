using Outwork.Platform.Linux.Processes;

namespace Outwork.Warden;

/// <summary>Whoever can write a program that root runs is root: the programs must be root's alone.</summary>
internal static class TrustedPrograms
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>The first of the directory and everything in it that somebody but root can write; null when there is none.</summary>
    public static string? FindWritable(string directory)
    {
        if (IsWritable(directory))
            return directory;
        foreach (string path in Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories))
        {
            if (IsWritable(path))
                return path;
        }

        return null;
    }

    private static bool IsWritable(string path) => FileOwner.Get(path) != 0 || (File.GetUnixFileMode(path) & OthersWrite) != 0;
}
