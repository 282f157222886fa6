namespace Outwork.Trust.Metadata;

/// <summary>Content of one metadata file (specification 4.3 to 4.6). Immutable.</summary>
public abstract record MetadataContent
{
    /// <summary>The version, from 1.</summary>
    public required long Version { get; init; }

    /// <summary>From this moment on it is not to be used. UTC.</summary>
    public required DateTimeOffset Expires { get; init; }
}

/// <summary>One signature of a file.</summary>
/// <param name="KeyId">Name of the key; opaque, never computed here.</param>
/// <param name="Value">The signature; empty when what was received is no hexadecimal.</param>
public sealed record MetadataSignature(string KeyId, ReadOnlyMemory<byte> Value);

/// <summary>A metadata file as it was received. That it could be read says nothing about whether its signatures hold.</summary>
/// <typeparam name="T">Its content.</typeparam>
public sealed record SignedMetadata<T>
    where T : MetadataContent
{
    /// <summary>What the signatures are over.</summary>
    public required T Content { get; init; }

    /// <summary>The canonical form of what is signed, unknown members included.</summary>
    public required ReadOnlyMemory<byte> Canonical { get; init; }

    /// <summary>One per key's name.</summary>
    public required IReadOnlyList<MetadataSignature> Signatures { get; init; }

    /// <summary>The bytes received.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }
}
