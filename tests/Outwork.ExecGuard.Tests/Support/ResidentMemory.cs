using Outwork.Platform.Linux.Processes;

namespace Outwork.ExecGuard.Tests.Support;

/// <summary>What this process holds of physical memory.</summary>
internal static class ResidentMemory
{
    /// <summary>Bytes, after a full collection and without what the C library keeps for later.</summary>
    public static long Now()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
        string[] fields = File.ReadAllText("/proc/self/statm").Split(' ');
        return long.Parse(fields[1]) * Environment.SystemPageSize;
    }
}
