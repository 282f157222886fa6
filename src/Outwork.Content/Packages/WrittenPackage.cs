namespace Outwork.Content.Packages;

/// <summary>A package that was written.</summary>
/// <param name="Manifest">Its manifest, with its files.</param>
/// <param name="Digest">SHA-256 of the package, lower-case hexadecimal.</param>
/// <param name="Length">Its bytes.</param>
public sealed record WrittenPackage(PackageManifest Manifest, string Digest, long Length);
