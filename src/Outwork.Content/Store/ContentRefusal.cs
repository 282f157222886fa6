using System.Text;
using Outwork.Content.Packages;

namespace Outwork.Content.Store;

/// <summary>Why the content store does not do what it was asked for. What was in force still is, but for <see cref="ContentRefusalCode.Unfinished"/>.</summary>
/// <param name="Code">Stable.</param>
/// <param name="Where">The product, and version if it is of one.</param>
/// <param name="What">What is wrong, for people.</param>
public sealed record ContentRefusal(ContentRefusalCode Code, string Where, string What)
{
    /// <summary>Why the package is refused, for <see cref="ContentRefusalCode.PackageRefused"/>.</summary>
    public PackageRefusal? Package { get; init; }

    /// <summary>The code as it is told to programs: <c>content-denied</c>, or the package's own.</summary>
    public string CodeText => Package?.CodeText ?? TextOf(Code);

    /// <summary>What an administrator does about it.</summary>
    public string Remedy => Package?.Remedy ?? Code switch
    {
        ContentRefusalCode.Locked => "Wait for the other process, or end it.",
        ContentRefusalCode.DiskFailed => "Make space, or look at the disk; then see with outwork content list whether it was done, and ask again if not.",
        ContentRefusalCode.Unfinished => "Make space, or look at the disk: it is finished by itself then, and must not be asked for again.",
        ContentRefusalCode.Incompatible => "Update what it asks for, or publish a package for this device.",
        ContentRefusalCode.Denied => "Publish a corrected version under a new number; or, once the reason is known to be gone, allow this one.",
        ContentRefusalCode.Pinned => "Unpin the product, or pin the version that is wanted.",
        ContentRefusalCode.Older => "Pin the older version if it is what is wanted.",
        ContentRefusalCode.ProductQuota or ContentRefusalCode.StoreQuota or ContentRefusalCode.TooManyProducts => "Raise the quota, or publish less.",
        ContentRefusalCode.OnTrial => "Wait until it is committed, or roll it back.",
        ContentRefusalCode.TooManyTries => "Look at the device's log for what ended the trials; then allow the version.",
        ContentRefusalCode.TooEarly => "Wait.",
        ContentRefusalCode.VersionReused => "Publish it under a new number; a version is published once.",
        ContentRefusalCode.AlreadyHere => "Nothing.",
        _ => "Check the name of the product and the version.",
    };

    /// <summary>For people: where, what is wrong, and what to do about it.</summary>
    public string WithRemedy => $"{ToString().TrimEnd('.')}. {Remedy}";

    /// <summary>The text of a code.</summary>
    public static string TextOf(ContentRefusalCode code)
    {
        var text = new StringBuilder("content");
        foreach (char c in code.ToString())
        {
            if (char.IsAsciiLetterUpper(c))
                text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    /// <summary>Where, and what is wrong.</summary>
    public override string ToString() => $"{Where}: {What}";
}
