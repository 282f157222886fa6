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

    /// <summary>
    /// The time for which its threads were ready to run and got no processor, added up: the machine's doing, not its own. While a process
    /// starts, its threads wait for each other one after the other, so nothing of note is counted twice.
    /// </summary>
    public static TimeSpan RunDelay(int pid)
    {
        string[] threads;
        try
        {
            threads = Directory.GetDirectories($"/proc/{pid}/task");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return TimeSpan.Zero;
        }
        return TimeSpan.FromTicks(threads.Sum(static thread => ParseRunDelay(ReadIfThere(thread + "/schedstat"))) / TimeSpan.NanosecondsPerTick);
    }

    /// <summary>Nanoseconds, from the text of schedstat: time run, time waited, slices.</summary>
    internal static long ParseRunDelay(string text) =>
        text.Split(' ') is [_, var waited, _] && long.TryParse(waited, CultureInfo.InvariantCulture, out long delay) ? delay : 0;

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
