using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>The end of struct bpf_prog_info (linux/bpf.h): what the kernel counts of a program.</summary>
[StructLayout(LayoutKind.Explicit, Size = 232)]
internal struct BpfProgramInfo
{
    /// <summary>ns spent in the program; only while kernel.bpf_stats_enabled is 1.</summary>
    [FieldOffset(192)]
    public ulong run_time_ns;

    [FieldOffset(200)]
    public ulong run_cnt;

    /// <summary>Times the program was not run because it was running on that processor already.</summary>
    [FieldOffset(208)]
    public ulong recursion_misses;
}
