namespace Outwork.Content.Packages;

/// <summary>One file of a package.</summary>
/// <param name="Path">Its name below the package's root, parts separated by <c>/</c>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
/// <param name="Executable">Whether it may be executed.</param>
public sealed record PackageFile(string Path, long Size, string Sha256, bool Executable = false);
