namespace Outwork.Contracts.Events;

/// <summary>What is known of a process. Immutable; replaced as a whole when the process executes another program.</summary>
public sealed record ProcessInfo
{
    /// <summary>The process.</summary>
    public required ProcessId Id { get; init; }

    /// <summary>Its parent; <see cref="ProcessId.Unknown"/> when that ended before it was seen.</summary>
    public ProcessId ParentId { get; init; }

    /// <summary>Pid in the initial pid namespace.</summary>
    public required int Pid { get; init; }

    /// <summary>Pid of the parent in the initial pid namespace.</summary>
    public int ParentPid { get; init; }

    /// <summary>Real user id at the last event seen.</summary>
    public uint UserId { get; init; }

    /// <summary>Real group id at the last event seen.</summary>
    public uint GroupId { get; init; }

    /// <summary>Wall-clock start, ns since 1970 (UTC).</summary>
    public long StartedUnixNs { get; init; }

    /// <summary>Path of the program, empty when unknown (kernel threads).</summary>
    public string Executable { get; init; } = "";

    /// <summary>Arguments, possibly cut; see <see cref="ArgumentsTruncated"/>.</summary>
    public string[] Arguments { get; init; } = [];

    /// <summary>True when <see cref="Arguments"/> does not hold all of them.</summary>
    public bool ArgumentsTruncated { get; init; }

    /// <summary>Working directory when the program started, empty when unknown.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>Control group of the process, 0 when unknown.</summary>
    public ulong ControlGroupId { get; init; }

    /// <summary>Container id (64 or 32 hexadecimal digits) derived from the control group's name, or null.</summary>
    public string? ContainerId { get; init; }

    /// <summary>True when the record comes from a snapshot of what already ran, not from an event.</summary>
    public bool Reconstructed { get; init; }
}
