using System.Globalization;
using Outwork.Bench.Running;

namespace Outwork.Bench.Observed;

/// <summary>What /proc tells of a process.</summary>
/// <param name="ResidentBytes">VmRSS.</param>
/// <param name="CpuTicks">User and system time in clock ticks, 100 a second.</param>
internal readonly record struct ProcessUsage(long ResidentBytes, long CpuTicks)
{
    /// <summary>USER_HZ: fixed by the kernel's ABI.</summary>
    public const int TicksPerSecond = 100;

    /// <summary>Reads both.</summary>
    public static ProcessUsage Of(int pid) =>
        new(Resident(File.ReadLines($"/proc/{pid}/status")), Cpu(File.ReadAllText($"/proc/{pid}/stat")));

    /// <summary>From the lines of /proc/PID/status.</summary>
    public static long Resident(IEnumerable<string> status)
    {
        foreach (var line in status)
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
                return long.Parse(line["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
        throw new BenchFailedException("/proc/PID/status has no VmRSS: the process has ended.");
    }

    /// <summary>From the text of /proc/PID/stat. The name in it may hold spaces and parentheses: fields are counted after its end.</summary>
    public static long Cpu(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
