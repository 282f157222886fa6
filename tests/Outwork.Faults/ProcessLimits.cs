using System.Globalization;

namespace Outwork.Faults;

/// <summary>Limits of a process that runs, by prlimit(1).</summary>
internal static class ProcessLimits
{
    /// <summary>Sets the soft limit; the hard one stays.</summary>
    public static void Set(int pid, string resource, long value)
    {
        if (pid > 1)
            Programs.Run("prlimit", "--pid", $"{pid}", $"--{resource}={(value < 0 ? "unlimited" : value.ToString(CultureInfo.InvariantCulture))}:");
    }

    /// <summary>How many descriptors it has.</summary>
    public static int Descriptors(int pid) => pid > 1 ? Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length : 0;
}
