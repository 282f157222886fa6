namespace Outwork.Contracts.Control;

/// <summary>What a device has of one product's packaged content, for content-list.</summary>
public sealed record ContentStatus
{
    /// <summary>The product's name.</summary>
    public required string Product { get; init; }

    /// <summary>What is in its slots; empty when it has no packaged content.</summary>
    public ContentSlotStatus[] Slots { get; init; } = [];

    /// <summary>The one version that the administrator wants; null for what is published.</summary>
    public string? Pin { get; init; }

    /// <summary>Versions that failed here and are not installed again by themselves.</summary>
    public DeniedContent[] Denied { get; init; } = [];

    /// <summary>Where new content comes from; null when nothing is followed.</summary>
    public string? Target { get; init; }

    /// <summary>When the repository was last asked with success, ns since 1970 (UTC); 0 for never since the start.</summary>
    public long CheckedUnixNs { get; init; }

    /// <summary>Why nothing new could be had the last time; null when it could.</summary>
    public string? LastRefusal { get; init; }
}

/// <summary>One of a product's two slots.</summary>
/// <param name="Slot">a or b.</param>
/// <param name="Version">Version of what is in it.</param>
/// <param name="Vendor">Who made it.</param>
/// <param name="Phase">How far it has come: staged, trying, tried, onTrial, committed, retired, rolledBack.</param>
/// <param name="InForce">The product works with it.</param>
/// <param name="LastKnownGood">It is what a failure returns to.</param>
/// <param name="SinceUnixNs">Since when it is in force, or when it was unpacked; ns since 1970 (UTC).</param>
/// <param name="Sha256">Digest of its package.</param>
public sealed record ContentSlotStatus(string Slot, string Version, string Vendor, string Phase, bool InForce, bool LastKnownGood, long SinceUnixNs, string Sha256);

/// <summary>A version that failed.</summary>
/// <param name="Version">Which.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="TimeUnixNs">Since when, ns since 1970 (UTC).</param>
public sealed record DeniedContent(string Version, string Reason, long TimeUnixNs);

/// <summary>One step of a product's content, for content-history.</summary>
/// <param name="Sequence">Each step of a product has the next.</param>
/// <param name="TimeUnixNs">When, ns since 1970 (UTC).</param>
/// <param name="Event">What: staged, tryBegun, tried, rejected, activated, committed, rolledBack, pinned, unpinned, allowed, repaired.</param>
/// <param name="Version">Of which version; empty when of none.</param>
/// <param name="Text">What happened, for people. It may hold a product's words: untrusted text.</param>
public sealed record ContentStep(long Sequence, long TimeUnixNs, string Event, string Version, string Text);
