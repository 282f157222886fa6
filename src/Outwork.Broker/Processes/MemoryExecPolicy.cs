namespace Outwork.Broker.Processes;

/// <summary>Who may execute memory without a path. The process of one who may not is ended before its first instruction.</summary>
public sealed record MemoryExecPolicy
{
    /// <summary>Everybody may.</summary>
    public static MemoryExecPolicy AllowAll { get; } = new();

    /// <summary>Nobody may.</summary>
    public static MemoryExecPolicy DenyAll { get; } = new() { DeniesAll = true };

    /// <summary>True when nobody may.</summary>
    public bool DeniesAll { get; init; }

    /// <summary>Real user ids that may not, when not all are denied; at most 1,024.</summary>
    public uint[] DeniedUsers { get; init; } = [];
}
