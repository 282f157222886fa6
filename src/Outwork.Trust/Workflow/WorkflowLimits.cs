namespace Outwork.Trust.Workflow;

/// <summary>How much a repository may make a client do.</summary>
public sealed record WorkflowLimits
{
    /// <summary>New roots followed in one refresh; the rest in the next.</summary>
    public int RootRotations { get; init; } = 256;

    /// <summary>Delegated roles asked in one search.</summary>
    public int DelegatedRoles { get; init; } = 32;

    /// <summary>Longest root. Bytes.</summary>
    public long RootBytes { get; init; } = 512 * 1024;

    /// <summary>Longest timestamp. Bytes.</summary>
    public long TimestampBytes { get; init; } = 16 * 1024;

    /// <summary>Longest snapshot, whatever the timestamp says. Bytes.</summary>
    public long SnapshotBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Longest file of a targets role, whatever the snapshot says. Bytes.</summary>
    public long TargetsBytes { get; init; } = 16 * 1024 * 1024;
}
