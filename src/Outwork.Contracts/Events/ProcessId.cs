namespace Outwork.Contracts.Events;

/// <summary>
/// Names one process for as long as the record lives: 64 bits mixed from the boot, the pid and the start time, so that a
/// reused pid is another process. Zero means unknown.
/// </summary>
public readonly record struct ProcessId(ulong Value)
{
    /// <summary>The process could not be identified.</summary>
    public static ProcessId Unknown => default;

    /// <summary>Mixes the three parts.</summary>
    /// <param name="bootId">First 64 bits of the system's boot identifier.</param>
    /// <param name="pid">Process id in the initial pid namespace.</param>
    /// <param name="startTicks">Start time since boot in units of 10 ms (what every source of ours can tell).</param>
    public static ProcessId From(ulong bootId, int pid, ulong startTicks)
    {
        // The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection, so distinct inputs stay apart well.
        ulong z = bootId ^ ((ulong)(uint)pid << 40) ^ startTicks;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        z ^= z >> 31;
        return new ProcessId(z == 0 ? 1 : z);
    }

    /// <summary>Sixteen hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16");
}
