namespace Outwork.ExecGuard.Tests.Support;

/// <summary>What this process holds of physical memory.</summary>
internal static class ResidentMemory
{
    /// <summary>Bytes, after a full collection.</summary>
    public static long Now()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        string[] fields = File.ReadAllText("/proc/self/statm").Split(' ');
        return long.Parse(fields[1]) * Environment.SystemPageSize;
    }
}
