using System.Globalization;
using Outwork.Bench.Observed;

namespace Outwork.Soak.Observed;

/// <summary>What /proc tells of one process that a soak looks at.</summary>
internal static class ProcessFacts
{
    /// <summary>Resident bytes; null when it has ended.</summary>
    public static long? Resident(int pid) => Try(() => ProcessUsage.Resident(File.ReadLines($"/proc/{pid}/status")));

    /// <summary>Open descriptors; null when it has ended.</summary>
    public static long? Descriptors(int pid) => Try(() => Directory.GetFileSystemEntries($"/proc/{pid}/fd").LongLength);

    /// <summary>Marks of all its fanotify groups: on inodes, mounts and file systems.</summary>
    public static long? Marks(int pid) => Try(() =>
        Directory.GetFiles($"/proc/{pid}/fdinfo").Sum(static file => CountMarks(ReadIfThere(file))));

    /// <summary>The time for which its first thread was ready to run and got no processor; the machine's doing, not its own.</summary>
    public static TimeSpan RunDelay(int pid)
    {
        string[] words = ReadIfThere($"/proc/{pid}/schedstat").Split(' ');
        return words.Length == 3 && long.TryParse(words[1], CultureInfo.InvariantCulture, out long delay)
            ? TimeSpan.FromTicks(delay / TimeSpan.NanosecondsPerTick)
            : TimeSpan.Zero;
    }

    /// <summary>Lines that tell of a mark, from the text of /proc/PID/fdinfo/FD: "fanotify ino:... ", "fanotify mnt_id:..." or "fanotify sdev:...".</summary>
    public static long CountMarks(string information) =>
        information.Split('\n').LongCount(static line =>
            line.StartsWith("fanotify ", StringComparison.Ordinal) && !line.StartsWith("fanotify flags:", StringComparison.Ordinal));

    private static string ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static long? Try(Func<long> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Outwork.Bench.Running.BenchFailedException)
        {
            return null;
        }
    }
}
