namespace Outwork.Content.Packages;

/// <summary>What came of reading a whole package.</summary>
/// <param name="Manifest">Its manifest; null when that was refused already.</param>
/// <param name="Digest">SHA-256 of the package, lower-case hexadecimal; empty when it is refused.</param>
/// <param name="Length">Its bytes; when it is refused, those read.</param>
/// <param name="Refusal">Why it is refused; null when it is whole.</param>
public sealed record PackageVerification(PackageManifest? Manifest, string Digest, long Length, PackageRefusal? Refusal);
