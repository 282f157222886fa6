namespace Outwork.Content.Store;

/// <summary>A version that failed here and is not installed again by itself.</summary>
/// <param name="Vendor">Who made it.</param>
/// <param name="Version">Its version: refused whatever its bytes, as a version is published once.</param>
/// <param name="Sha256">Digest of its package, by which it is known before it is fetched.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="At">Since when.</param>
public sealed record DeniedVersion(string Vendor, string Version, string Sha256, string Reason, DateTimeOffset At)
{
    private const int LongestReason = 2_048;

    /// <summary>With a reason that is not longer than is kept.</summary>
    public static DeniedVersion Of(string vendor, string version, string sha256, string reason, DateTimeOffset at) =>
        new(vendor, version, sha256, BoundedText.Cut(reason, LongestReason), at);
}
