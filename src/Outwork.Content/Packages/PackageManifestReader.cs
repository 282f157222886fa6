using System.Text.Json;
using System.Text.Unicode;
using Outwork.Contracts.Products;

namespace Outwork.Content.Packages;

/// <summary>
/// Reads a manifest strictly: what is not understood is a fault, since it may have been meant to restrict. The names of the files are judged by
/// <see cref="PackageFileList"/>.
/// </summary>
public static class PackageManifestReader
{
    private const int MaximumDescription = 512;
    private const int MaximumSystems = 32;

    /// <summary>The manifest of a package, or null and what is wrong with it. All faults of the content are listed; of the form only the first.</summary>
    public static PackageManifest? Read(ReadOnlySpan<byte> json, out List<ManifestFault> faults) => Read(json, built: true, out faults);

    /// <summary>The same for the manifest that a vendor writes: the list of the files is made when the package is.</summary>
    public static PackageManifest? ReadSource(ReadOnlySpan<byte> json, out List<ManifestFault> faults) => Read(json, built: false, out faults);

    private static PackageManifest? Read(ReadOnlySpan<byte> json, bool built, out List<ManifestFault> faults)
    {
        faults = [];
        if (!Utf8.IsValid(json))
        {
            faults.Add(new ManifestFault("", "not UTF-8"));
            return null;
        }

        try
        {
            if (JsonSerializer.Deserialize(json, PackageManifestJson.Default.PackageManifestDocument) is { } document)
            {
                PackageManifest? manifest = Check(document, built, faults);
                return faults.Count == 0 ? manifest : null;
            }

            faults.Add(new ManifestFault("", "null is no manifest"));
        }
        catch (JsonException e)
        {
            faults.Add(ManifestJsonFault.Describe(e));
        }

        return null;
    }

    private static PackageManifest? Check(PackageManifestDocument document, bool built, List<ManifestFault> faults)
    {
        var fields = new ManifestFields(faults);
        // The one field that must be understood before any other.
        if (document.Format != PackageManifest.CurrentFormat)
        {
            fields.Fault("format", document.Format is { } format ? $"{format} is not known here; this reads {PackageManifest.CurrentFormat}" : $"missing; it is {PackageManifest.CurrentFormat}");
            return null;
        }

        PackageKind kind = document.Kind switch
        {
            "product" => PackageKind.Product,
            "content" => PackageKind.Content,
            var other => fields.Fault("kind", other is null ? "missing; it is product or content" : "expected product or content", PackageKind.Content),
        };
        string vendor = fields.Name("vendor", document.Vendor);
        string product = fields.Name("product", document.Product);
        PackageVersion? version = fields.Version("version", document.Version, required: true);
        if (document.Description is { Length: > MaximumDescription })
            fields.Fault("description", $"longer than {MaximumDescription} characters");
        PackageSchema? schema = Schema(document.Schema, kind, fields);
        var manifest = new PackageManifest
        {
            Kind = kind,
            Vendor = vendor,
            Product = product,
            Version = version ?? PackageVersion.Parse("0.0.0"),
            Description = document.Description ?? "",
            Schema = schema,
            Requires = Requires(document.Requires, fields),
            Trial = Trial(document.Trial, fields),
            Commit = new CommitConditions
            {
                MinimumSeconds = fields.Range("commit.minimumSeconds", document.Commit?.MinimumSeconds, CommitConditions.Default.MinimumSeconds, 0, 30 * 24 * 3600),
            },
            Files = Files(document.Files, fields),
        };
        if (built && document.Files is null)
            fields.Fault("files", "missing");
        else if (!built && document.Files is not null)
            fields.Fault("files", "is made when the package is built; leave it out");
        return manifest;
    }

    private static PackageSchema? Schema(SchemaDocument? schema, PackageKind kind, ManifestFields fields)
    {
        if (schema is null)
            return kind == PackageKind.Content ? fields.Fault<PackageSchema?>("schema", "missing; content says the name, version and count of fields of the interface it was made for", null) : null;
        if (kind == PackageKind.Product)
            fields.Fault("schema", "a product interprets content and has none itself");
        return new PackageSchema(
            fields.Name("schema.name", schema.Name),
            fields.Required("schema.version", schema.Version, 1, 1_000_000),
            fields.Required("schema.fields", schema.Fields, 0, 65_535));
    }

    private static PackageRequirements Requires(RequirementsDocument? requires, ManifestFields fields)
    {
        if (requires is null)
            return PackageRequirements.None;
        string[] systems = requires.Systems ?? [];
        if (systems.Length > MaximumSystems)
            systems = fields.Fault<string[]>("requires.systems", $"more than {MaximumSystems}", []);
        for (int i = 0; i < systems.Length; i++)
        {
            if (!ManifestFields.IsSystem(systems[i]))
                fields.Fault($"requires.systems[{i}]", "expected a runtime identifier (system and architecture): two or three parts of a-z, 0-9 and '.', with a '-' between");
            else if (Array.IndexOf(systems, systems[i]) != i)
                fields.Fault($"requires.systems[{i}]", "given twice");
        }

        return new PackageRequirements
        {
            Product = fields.Range("requires.product", requires.Product),
            Outwork = fields.Range("requires.outwork", requires.Outwork),
            Systems = systems,
        };
    }

    private static TrialConditions Trial(TrialDocument? trial, ManifestFields fields)
    {
        TrialConditions none = TrialConditions.Default;
        return new TrialConditions
        {
            MinimumReplayedEvents = fields.Range("trial.minimumReplayedEvents", trial?.MinimumReplayedEvents, none.MinimumReplayedEvents, 0, 10_000_000),
            MinimumLiveEvents = fields.Range("trial.minimumLiveEvents", trial?.MinimumLiveEvents, none.MinimumLiveEvents, 0, 10_000_000),
            MinimumLiveSeconds = fields.Range("trial.minimumLiveSeconds", trial?.MinimumLiveSeconds, none.MinimumLiveSeconds, 0, Trials.TrialLimits.MostLiveSeconds),
            MaximumMemoryGrowthMiB = fields.Range("trial.maximumMemoryGrowthMiB", trial?.MaximumMemoryGrowthMiB, none.MaximumMemoryGrowthMiB, 0, 65_536),
            MaximumMissedDeadlines = fields.Range("trial.maximumMissedDeadlines", trial?.MaximumMissedDeadlines, none.MaximumMissedDeadlines, 0, 1_000_000),
            MaximumNewlyDenied = fields.Range("trial.maximumNewlyDenied", trial?.MaximumNewlyDenied, none.MaximumNewlyDenied, 0, 1_000_000),
        };
    }

    private static PackageFile[] Files(FileDocument[]? files, ManifestFields fields)
    {
        var read = new List<PackageFile>();
        for (int i = 0; i < (files?.Length ?? 0) && !fields.HasMany; i++)
        {
            FileDocument? file = files![i];
            if (file?.Path is null)
                fields.Fault($"files[{i}].path", "missing");
            else if (file.Size is not { } size || size < 0)
                fields.Fault($"files[{i}].size", file.Size is null ? "missing" : "is negative");
            else if (!ManifestFields.IsDigest(file.Sha256))
                fields.Fault($"files[{i}].sha256", "expected 64 of 0-9 and a-f");
            else
                read.Add(new PackageFile(file.Path, size, file.Sha256!, file.Executable ?? false));
        }

        return [.. read];
    }
}
