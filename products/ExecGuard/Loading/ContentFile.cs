namespace Outwork.Products.ExecGuard.Loading;

/// <summary>What a file in the content directory is, told by its name.</summary>
internal enum ContentFileKind
{
    /// <summary><c>execguard.json</c>.</summary>
    Manifest = 0,

    /// <summary><c>*.yar</c>, <c>*.yara</c>.</summary>
    Rules = 1,

    /// <summary><c>deny.sha256</c>, <c>lists/*.deny.sha256</c>.</summary>
    DenyList = 2,

    /// <summary><c>allow.sha256</c>, <c>lists/*.allow.sha256</c>.</summary>
    AllowList = 3,
}

/// <summary>A file of the content directory that will be read.</summary>
/// <param name="Name">Relative to the directory, with slashes.</param>
/// <param name="Path">To open it with.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Length">Its length when it was listed, bytes.</param>
internal sealed record ContentFile(string Name, string Path, ContentFileKind Kind, long Length)
{
    /// <summary>It came with a package.</summary>
    public bool IsPackaged { get; init; }
}
