using System.Text.Json;

namespace Outwork.Content.Packages;

/// <summary>Writes a manifest as it is in a package: every condition spelt out, one form for one manifest.</summary>
public static class PackageManifestWriter
{
    /// <summary>The bytes: UTF-8, no byte order mark, a line feed at the end.</summary>
    public static byte[] Write(PackageManifest manifest)
    {
        var document = new PackageManifestDocument
        {
            Format = PackageManifest.CurrentFormat,
            Kind = KindWord(manifest.Kind),
            Vendor = manifest.Vendor,
            Product = manifest.Product,
            Version = manifest.Version.ToString(),
            Description = manifest.Description.Length == 0 ? null : manifest.Description,
            Schema = manifest.Schema is { } schema ? new SchemaDocument { Name = schema.Name, Version = schema.Version, Fields = schema.Fields } : null,
            Requires = Requires(manifest.Requires),
            Trial = new TrialDocument
            {
                MinimumReplayedEvents = manifest.Trial.MinimumReplayedEvents,
                MinimumLiveEvents = manifest.Trial.MinimumLiveEvents,
                MinimumLiveSeconds = manifest.Trial.MinimumLiveSeconds,
                MaximumMemoryGrowthMiB = manifest.Trial.MaximumMemoryGrowthMiB,
                MaximumMissedDeadlines = manifest.Trial.MaximumMissedDeadlines,
                MaximumNewlyDenied = manifest.Trial.MaximumNewlyDenied,
            },
            Commit = new CommitDocument { MinimumSeconds = manifest.Commit.MinimumSeconds },
            Files =
            [
                .. manifest.Files.Select(static file => new FileDocument
                {
                    Path = file.Path, Size = file.Size, Sha256 = file.Sha256, Executable = file.Executable ? true : null,
                }),
            ],
        };
        return [.. JsonSerializer.SerializeToUtf8Bytes(document, PackageManifestJson.Default.PackageManifestDocument), (byte)'\n'];
    }

    internal static string KindWord(PackageKind kind) => kind == PackageKind.Product ? "product" : "content";

    private static RequirementsDocument? Requires(PackageRequirements requires)
    {
        RangeDocument? product = Range(requires.Product);
        RangeDocument? outwork = Range(requires.Outwork);
        string[]? systems = requires.Systems.Count == 0 ? null : [.. requires.Systems];
        return product is null && outwork is null && systems is null ? null : new RequirementsDocument { Product = product, Outwork = outwork, Systems = systems };
    }

    private static RangeDocument? Range(PackageVersionRange range) =>
        range == PackageVersionRange.Any ? null : new RangeDocument { From = range.From?.ToString(), Below = range.Below?.ToString() };
}
