namespace Outwork.Content.Packages;

/// <summary>The versions from one on, up to but without another.</summary>
/// <param name="From">The first; null for any.</param>
/// <param name="Below">The first that is not meant; null for none.</param>
public sealed record PackageVersionRange(PackageVersion? From, PackageVersion? Below)
{
    /// <summary>Every version.</summary>
    public static PackageVersionRange Any { get; } = new(null, null);

    /// <summary>Whether a version is in it.</summary>
    public bool Contains(PackageVersion version) => (From is null || version >= From) && (Below is null || version < Below);

    /// <summary>For people.</summary>
    public override string ToString() => (From, Below) switch
    {
        (null, null) => "any",
        (null, _) => $"below {Below}",
        (_, null) => $"{From} or later",
        _ => $"{From} or later, below {Below}",
    };
}
