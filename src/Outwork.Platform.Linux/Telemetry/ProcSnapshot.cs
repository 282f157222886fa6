using System.Globalization;
using Outwork.Contracts.Events;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>Every process that runs now, read from /proc. May block: never on the reactor.</summary>
public static class ProcSnapshot
{
    private const int MostAttempts = 5;

    /// <summary>Reads all processes, each marked as reconstructed.</summary>
    /// <param name="bootId">First 64 bits of the boot identifier.</param>
    /// <returns>The processes, and when the reading began in ns since 1970 (UTC).</returns>
    /// <exception cref="IOException">A process that runs cannot be read, for want of descriptors perhaps.</exception>
    public static (IReadOnlyList<ProcessInfo> Processes, long TakenUnixNs) Take(ulong bootId)
    {
        long bootUnixNs = BootClock.BootUnixNs();
        long taken = bootUnixNs + (long)BootClock.NowNs();
        List<ProcessInfo> processes = [];
        foreach (int pid in List())
        {
            if (Read(pid, bootId, bootUnixNs) is { } process)
                processes.Add(process);
        }
        return (processes, taken);
    }

    /// <summary>The pids that there are, those of processes that have ended and are not waited for included.</summary>
    internal static IEnumerable<int> List()
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                yield return pid;
        }
    }

    /// <summary>
    /// Reads one; null when it has ended. Whoever is left out counts as ended, so a reading that failed must not be taken for an end.
    /// </summary>
    internal static ProcessInfo? Read(int pid, ulong bootId, long bootUnixNs)
    {
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (ProcReader.Read(pid, bootId, bootUnixNs) is { } process)
                return process;
            if (!ProcReader.IsPresent(pid))
                return null;
        }
        throw new IOException(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid} cannot be read."));
    }
}
