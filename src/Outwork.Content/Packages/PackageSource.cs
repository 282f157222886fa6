namespace Outwork.Content.Packages;

/// <summary>A file that goes into a package.</summary>
/// <param name="Path">Its name in the package.</param>
/// <param name="Executable">Whether it may be executed.</param>
/// <param name="Open">Opens it for reading from its beginning; called twice.</param>
public sealed record PackageSource(string Path, bool Executable, Func<Stream> Open);
