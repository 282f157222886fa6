using Outwork.Content.Packages;
using Outwork.Trust.Authoring;
using Outwork.Trust.Metadata;

namespace Outwork.Cli.Repositories;

/// <summary>A package on its way into a repository: what is no package never gets there, and what devices would not take is told of.</summary>
internal static class PackageTarget
{
    /// <summary>Whether a file is meant as a package, by its own name or by its name in the repository.</summary>
    public static bool IsMeant(string source, string path) =>
        source.EndsWith(PackageManifest.Extension, StringComparison.OrdinalIgnoreCase) || path.EndsWith(PackageManifest.Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads all of it; null when it is a package.</summary>
    public static PackageRefusal? Read(TargetCopy copy, out PackageManifest? manifest)
    {
        using FileStream stream = copy.OpenRead();
        PackageVerification read = PackageReader.Verify(stream, PackageLimits.Format);
        manifest = read.Manifest;
        return read.Refusal;
    }

    public static RepositoryReport Refused(string source, PackageRefusal refusal) =>
        new() { Ok = false, Code = refusal.CodeText, Error = $"{source} is no package that a device would take: {refusal.ToString().TrimEnd('.')}", Advice = refusal.Remedy };

    /// <summary>What is odd about it beside what is published at its path.</summary>
    /// <param name="folder">The repository.</param>
    /// <param name="published">What is published.</param>
    /// <param name="path">The file's path in the repository.</param>
    /// <param name="sha256">The file's digest.</param>
    /// <param name="package">What the file says of itself; null for what is no package.</param>
    public static string[] Compare(RepositoryFolder folder, RepositoryDraft published, string path, byte[] sha256, PackageManifest? package)
    {
        if (DigestOf(published, path) is not { } before)
            return [];
        if (before == Convert.ToHexStringLower(sha256))
            return [$"{path} is published with the same bytes already: for devices nothing is new."];
        if (package is null || ManifestOf(TargetCopy.PlaceOf(folder.PublicTargets, path, before)) is not { } last || package.Version > last.Version)
            return [];
        string what = package.Version == last.Version
            ? $"{path} is published with other bytes as {last.Version} already: devices that have that refuse another package of the same version"
            : $"{package.Version} is older than {last.Version}, which is published at {path}: devices that have that do not go back to it by themselves";
        return [$"{what}. Give it a higher version in {PackageManifest.FileName}, build it anew and add that."];
    }

    private static string? DigestOf(RepositoryDraft published, string path)
    {
        if (published.Find(RoleName.Root) is null || published.Find(TargetChanges.RoleFor(published, path)) is not { } role)
            return null;
        return MetadataParser.Targets(role.ToBytes(), out _)?.Content.Targets.GetValueOrDefault(path)?.Hashes.Digests.FirstOrDefault(static digest => digest.Key == "sha256").Value;
    }

    private static PackageManifest? ManifestOf(string file)
    {
        if (!File.Exists(file))
            return null;
        using FileStream stream = File.OpenRead(file);
        using PackageReader? reader = PackageReader.Open(stream, PackageLimits.Format, out _);
        return reader?.Manifest;
    }
}
