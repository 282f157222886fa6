using System.Globalization;
using Outwork.Contracts.Events;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>Every process that runs now, read from /proc. May block: never on the reactor.</summary>
public static class ProcSnapshot
{
    /// <summary>Reads all processes, each marked as reconstructed.</summary>
    /// <param name="bootId">First 64 bits of the boot identifier.</param>
    /// <returns>The processes, and when the reading began in ns since 1970 (UTC).</returns>
    public static (IReadOnlyList<ProcessInfo> Processes, long TakenUnixNs) Take(ulong bootId)
    {
        long bootUnixNs = BootClock.BootUnixNs();
        long taken = bootUnixNs + (long)BootClock.NowNs();
        List<ProcessInfo> processes = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && ProcReader.Read(pid, bootId, bootUnixNs) is { } process)
                processes.Add(process);
        }
        return (processes, taken);
    }
}
