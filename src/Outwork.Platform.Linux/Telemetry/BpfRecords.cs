using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux.Telemetry;

// bpf/records.h, tested against the BTF of the object that is shipped.

internal enum BpfRecordKind : ushort
{
    Fork = 1,
    Exec = 2,
    Exit = 3,
}

[Flags]
internal enum BpfRecordFlags : ushort
{
    None = 0,
    Memory = 1,
    Killed = 2,
    Script = 4,
    ProgramTruncated = 8,
    DirectoryTruncated = 16,
    ArgumentsTruncated = 32,
}

[StructLayout(LayoutKind.Sequential)]
internal struct BpfProcessRecord
{
    public BpfRecordKind kind;
    public BpfRecordFlags flags;
    public int pid;
    public ulong time_ns;
    public ulong start_ns;
    public ulong parent_start_ns;
    public int parent_pid;
    public uint uid;
    public uint gid;
    public int exit_code;
    public ulong cgroup_id;
}

/// <summary>The fixed part of an exec record; the data follows at once.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfExecRecord
{
    public BpfProcessRecord process;
    public ulong device;
    public ulong inode;
    public ulong size;
    public long modified_ns;
    public long changed_ns;
    public uint argument_count;
    public ushort program_bytes;
    public ushort directory_bytes;
    public ushort filename_bytes;
    public ushort arguments_bytes;
    public uint reserved;
}

/// <summary>One process, from a walk over all tasks.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfTaskRecord
{
    public int pid;
    public int parent_pid;
    public ulong start_ns;
    public ulong parent_start_ns;
    public ulong exec_id;
    public ulong cgroup_id;
    public uint uid;
    public uint gid;
    public uint ended;
    public uint reserved;
}
