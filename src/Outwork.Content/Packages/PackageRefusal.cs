using System.Text;
using Outwork.Contracts.Products;

namespace Outwork.Content.Packages;

/// <summary>Why a package was refused.</summary>
/// <param name="Code">Stable.</param>
/// <param name="Where">The file or field concerned; empty for the package as a whole. It may come from the package: untrusted text.</param>
/// <param name="What">What is wrong, for people.</param>
public sealed record PackageRefusal(PackageRefusalCode Code, string Where, string What)
{
    /// <summary>The faults of a manifest; else empty.</summary>
    public IReadOnlyList<ManifestFault> Faults { get; init; } = [];

    /// <summary>The code as it is told to programs: <c>package-path-traversal</c>.</summary>
    public string CodeText => TextOf(Code);

    /// <summary>What somebody does about it: as a rule who has the package, and what the code says.</summary>
    public string Remedy
    {
        get => field ?? RemedyOf(Code);
        init;
    }

    /// <summary>The same refusal to whoever builds the package from a folder of their own.</summary>
    public PackageRefusal ToBuilder() => Code switch
    {
        PackageRefusalCode.AbsoluteName or PackageRefusalCode.PathTraversal => this with { Remedy = "Rename the file and build the package anew." },
        PackageRefusalCode.Link or PackageRefusalCode.SpecialFile => this with { Remedy = "Put a regular file in its place, or take it out of the folder, and build the package anew." },
        _ => this,
    };

    private static string RemedyOf(PackageRefusalCode code) => code switch
    {
        PackageRefusalCode.NotAPackage => "Check that this is the file that was meant; outwork package build makes packages.",
        PackageRefusalCode.Compressed => "Unpack what was compressed for transport; a package itself never is.",
        PackageRefusalCode.ManifestInvalid or PackageRefusalCode.ManifestTooLarge or PackageRefusalCode.NotSorted =>
            "Correct outwork-package.json and build the package anew; docs/packages.md lists the fields.",
        PackageRefusalCode.AbsoluteName or PackageRefusalCode.PathTraversal or PackageRefusalCode.Link or PackageRefusalCode.SpecialFile =>
            "Do not use this package: it would reach outside of its folder. Tell its vendor.",
        PackageRefusalCode.NameNotPortable or PackageRefusalCode.NameTooLong or PackageRefusalCode.DuplicateName =>
            "Rename the file and build the package anew.",
        PackageRefusalCode.FileTooLarge or PackageRefusalCode.PackageTooLarge or PackageRefusalCode.TooManyFiles =>
            "Leave out what is not needed, or split it into several packages.",
        PackageRefusalCode.DigestMismatch or PackageRefusalCode.Truncated or PackageRefusalCode.WrongPackage or PackageRefusalCode.SizeMismatch =>
            "Fetch the package again; if that does not help, what was published is damaged: tell its vendor.",
        PackageRefusalCode.SourceChanged => "Build again when nothing writes to the folder.",
        PackageRefusalCode.Unreadable => "Check the path and its permissions.",
        _ => "Do not use this package; it was not made by outwork package build, or was changed since. Tell its vendor.",
    };

    /// <summary>The text of a code.</summary>
    public static string TextOf(PackageRefusalCode code)
    {
        var text = new StringBuilder("package");
        foreach (char c in code.ToString())
        {
            if (char.IsAsciiLetterUpper(c))
                text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    /// <summary>What is wrong, and where.</summary>
    public override string ToString() => Where.Length == 0 ? What : $"{Where}: {What}";
}
