namespace Outwork.Content.Packages;

/// <summary>The most that a package may be. The format's own limits are <see cref="Format"/>; a reader may be stricter.</summary>
public sealed record PackageLimits
{
    /// <summary>Bytes of the manifest.</summary>
    public int ManifestBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>Files.</summary>
    public int Files { get; init; } = 4_096;

    /// <summary>Folders that the names of the files tell of, the package's own not counted.</summary>
    public int Folders { get; init; } = 4_096;

    /// <summary>Bytes of one file. What a header can tell is 8 GiB.</summary>
    public long FileBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Bytes of all files together.</summary>
    public long TotalBytes { get; init; } = 4096L * 1024 * 1024;

    /// <summary>Those of the format.</summary>
    public static PackageLimits Format { get; } = new();
}
