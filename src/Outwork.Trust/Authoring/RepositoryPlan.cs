using Outwork.Trust.Keys;

namespace Outwork.Trust.Authoring;

/// <summary>Who signs a role, and for how long it is good.</summary>
/// <param name="Keys">At least one.</param>
/// <param name="Threshold">How many of them must sign.</param>
/// <param name="Days">From the day on which a version is staged to its expiry.</param>
public sealed record RolePlan(IReadOnlyList<TrustKey> Keys, int Threshold, int Days)
{
    /// <summary>Most days: beyond a century a date may have no form in metadata.</summary>
    public const int MostDays = 36_500;

    /// <summary>From the day on which a version is staged to its expiry, 1 to <see cref="MostDays"/>.</summary>
    public int Days { get; } = Math.Clamp(Days, 1, MostDays);
}

/// <summary>What a new repository is to be.</summary>
/// <param name="Root">Offline, the most of them.</param>
/// <param name="Targets">Offline.</param>
/// <param name="Snapshot">Online: needed for each publication.</param>
/// <param name="Timestamp">Online: needed again before it expires, even when nothing changes.</param>
public sealed record RepositoryPlan(RolePlan Root, RolePlan Targets, RolePlan Snapshot, RolePlan Timestamp);
