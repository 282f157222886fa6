using Outwork.Content.Packages;

namespace Outwork.Content.Store;

/// <summary>Content that is to be tried.</summary>
/// <param name="Folder">Its folder, relative to the store's.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Record">What the store knows of it.</param>
public sealed record StagedContent(string Folder, PackageManifest Manifest, SlotRecord Record);
