using System.Buffers;

namespace Outwork.Content.Packages;

/// <summary>
/// Which names a package's files may have: those that mean the same file on every system. ASCII only, so that there are no two spellings of one
/// name, whatever a file system's Unicode normalisation.
/// </summary>
public static class PackagePath
{
    /// <summary>The longest name, in characters, which are bytes.</summary>
    public const int MaximumLength = 240;

    /// <summary>The most parts.</summary>
    public const int MaximumDepth = 16;

    private const string NotTaken = "\\:*?\"<>|";
    private static readonly SearchValues<char> _notTaken = SearchValues.Create(NotTaken);

    // Names of devices in every folder of some systems, whatever follows a dot.
    private static readonly HashSet<string> Devices = new(
        ["con", "prn", "aux", "nul", .. Enumerable.Range(0, 10).SelectMany(static i => new[] { $"com{i}", $"lpt{i}" })], StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong with a name, or null.</summary>
    public static PackageRefusal? Check(string path)
    {
        if (path.Length == 0)
            return new PackageRefusal(PackageRefusalCode.NameNotPortable, path, "an empty name");
        if (path[0] is '/' or '\\' || (path.Length > 1 && path[1] == ':'))
            return new PackageRefusal(PackageRefusalCode.AbsoluteName, path, "an absolute name");
        string[] parts = path.Split('/', '\\');
        if (Array.Exists(parts, static part => part == ".."))
            return new PackageRefusal(PackageRefusalCode.PathTraversal, path, "the name leads out of the package");
        if (path.Length > MaximumLength || parts.Length > MaximumDepth)
            return new PackageRefusal(PackageRefusalCode.NameTooLong, path, $"more than {MaximumLength} characters or {MaximumDepth} parts");
        foreach (string part in parts)
        {
            if (Fault(part) is { } fault)
                return new PackageRefusal(PackageRefusalCode.NameNotPortable, path, fault);
        }

        if (path.AsSpan().ContainsAny(_notTaken))
            return new PackageRefusal(PackageRefusalCode.NameNotPortable, path, $"a character that some systems do not take in names: {NotTaken}");
        return UstarHeader.Split(path) is null
            ? new PackageRefusal(PackageRefusalCode.NameTooLong, path, "no '/' divides it into at most 155 and at most 100 characters")
            : null;
    }

    private static string? Fault(string part)
    {
        if (part.Length == 0)
            return "an empty part of the name";
        if (part == ".")
            return "a part of the name is '.'";
        if (part.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return "a character that is not printable ASCII";
        if (part[0] == ' ' || part[^1] is ' ' or '.')
            return "a part of the name begins or ends with a space, or ends with a dot";
        return Devices.Contains(part.Split('.', 2)[0].TrimEnd(' ')) ? "a name that is a device on some systems" : null;
    }
}
