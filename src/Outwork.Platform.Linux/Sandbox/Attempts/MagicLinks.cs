using System.Globalization;

namespace Outwork.Platform.Linux.Sandbox.Attempts;

/// <summary>
/// The names below /proc that mean something else for everyone who uses them: <c>/proc/self</c>, and the links of proc(5) that lead to
/// what a process has (its root, its descriptors). A look-up by us would find our own.
/// </summary>
internal static class MagicLinks
{
    private const int MostLinks = 8;

    private static readonly (string Name, string Means)[] Own =
    [
        ("/dev/fd", "/proc/self/fd"), ("/dev/stdin", "/proc/self/fd/0"), ("/dev/stdout", "/proc/self/fd/1"),
        ("/dev/stderr", "/proc/self/fd/2"), ("/proc/mounts", "/proc/self/mounts"), ("/proc/net", "/proc/self/net"),
        ("/etc/mtab", "/proc/self/mounts"),
    ];

    /// <summary>
    /// The same file by a name that means the same for everyone; null when it is something that has no name (a pipe, a file in memory), or
    /// that the caller does not have.
    /// </summary>
    /// <param name="path">Absolute and normalised.</param>
    /// <param name="follow">Whether a link at the end is followed.</param>
    /// <param name="thread">The caller.</param>
    /// <param name="view">Reads links.</param>
    public static string? Expand(string path, bool follow, int thread, ConfinedView view)
    {
        for (int i = 0; i < MostLinks; i++)
        {
            path = OfCaller(path, thread);
            int end = EndOfLink(path);
            if (end < 0 || (end == path.Length && !follow))
                return path;
            if (view.ReadLink(path[..end]) is not ['/', ..] target || target.StartsWith("/memfd:", StringComparison.Ordinal))
                return null;
            path = BytePath.Normalise(target + path[end..]);
        }

        return path;
    }

    /// <summary>The process whose folder in /proc it is in; 0 when in none.</summary>
    public static int ProcessOf(string path)
    {
        string[] parts = path.Split('/', 4);
        return parts.Length > 2 && parts[1] == "proc" && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0;
    }

    // A thread's folder has what its process's has.
    private static string OfCaller(string path, int thread)
    {
        foreach ((string name, string means) in Own)
        {
            if (BytePath.IsAtOrBelow(path, name))
                path = means + path[name.Length..];
        }

        foreach (string self in (ReadOnlySpan<string>)["/proc/self", "/proc/thread-self"])
        {
            if (BytePath.IsAtOrBelow(path, self))
                return string.Create(CultureInfo.InvariantCulture, $"/proc/{thread}{path[self.Length..]}");
        }

        return path;
    }

    // Where the first such link of a path ends: /proc/PID/root, /proc/PID/fd/3, /proc/PID/task/TID/cwd; -1 when it has none.
    private static int EndOfLink(string path)
    {
        if (ProcessOf(path) == 0)
            return -1;
        string[] parts = path.Split('/');
        int at = parts.Length > 5 && parts[3] == "task" ? 5 : 3;
        if (at >= parts.Length)
            return -1;
        int last = parts[at] switch
        {
            "root" or "cwd" or "exe" => at,
            "fd" or "map_files" when at + 1 < parts.Length => at + 1,
            _ => -1,
        };
        return last < 0 ? -1 : string.Join('/', parts.AsSpan(0, last + 1)!).Length;
    }
}
