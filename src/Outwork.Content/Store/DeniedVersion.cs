namespace Outwork.Content.Store;

/// <summary>A version that failed here and is not installed again by itself.</summary>
/// <param name="Vendor">Who made it.</param>
/// <param name="Version">Its version: refused whatever its bytes, as a version is published once.</param>
/// <param name="Sha256">Digest of its package: refused whatever its version.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="At">Since when.</param>
public sealed record DeniedVersion(string Vendor, string Version, string Sha256, string Reason, DateTimeOffset At);
