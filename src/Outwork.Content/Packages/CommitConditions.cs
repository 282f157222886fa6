namespace Outwork.Content.Packages;

/// <summary>What a package must show in force before it becomes the last known good. The stricter of vendor's and administrator's counts.</summary>
public sealed record CommitConditions
{
    /// <summary>How long it must have been in force on trial without a failure, in seconds.</summary>
    public int MinimumSeconds { get; init; } = DefaultSeconds;

    /// <summary>What is asked for where nobody says otherwise: by a manifest, and by a device.</summary>
    public const int DefaultSeconds = 900;

    /// <summary>What the administrator asks for unless told otherwise.</summary>
    public static CommitConditions Default { get; } = new();

    /// <summary>The stricter of both.</summary>
    public CommitConditions Strictest(CommitConditions other) => new() { MinimumSeconds = Math.Max(MinimumSeconds, other.MinimumSeconds) };

    /// <summary>The manifest's names of the conditions that are less strict here than there.</summary>
    public IReadOnlyList<string> LooserThan(CommitConditions other) => MinimumSeconds < other.MinimumSeconds ? ["commit.minimumSeconds"] : [];
}
