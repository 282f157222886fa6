using System.Globalization;
using Outwork.Bench.Running;

namespace Outwork.Bench.Observed;

/// <summary>What /proc tells of a process.</summary>
/// <param name="ResidentBytes">VmRSS.</param>
/// <param name="CpuNs">Time on a processor of all its threads that live, in nanoseconds. The ticks of /proc/PID/stat are too coarse for a process at rest.</param>
internal readonly record struct ProcessUsage(long ResidentBytes, long CpuNs)
{
    /// <summary>Reads both.</summary>
    public static ProcessUsage Of(int pid) =>
        new(Resident(File.ReadLines($"/proc/{pid}/status")), Directory.EnumerateDirectories($"/proc/{pid}/task").Sum(static thread => Cpu(ReadOfThread(thread))));

    /// <summary>From the lines of /proc/PID/status.</summary>
    public static long Resident(IEnumerable<string> status)
    {
        foreach (var line in status)
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
                return long.Parse(line["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
        throw new BenchFailedException("/proc/PID/status has no VmRSS: the process has ended.");
    }

    /// <summary>From the text of a thread's schedstat (Documentation/scheduler/sched-stats.rst): its first number.</summary>
    public static long Cpu(string schedstat) =>
        schedstat.Length == 0 ? 0 : long.Parse(schedstat.AsSpan(0, schedstat.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    // A thread of the pool may end between being listed and being read.
    private static string ReadOfThread(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Join(folder, "schedstat"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
