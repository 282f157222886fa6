using System.Text.Json;

namespace Outwork.Contracts.Products;

/// <summary>Reads a manifest strictly: what is not understood is a fault, since it may have been meant to restrict.</summary>
public static class ProductManifestReader
{
    /// <summary>The longest manifest, in bytes.</summary>
    public const int MaximumLength = 65_536;

    private const int MaximumPaths = 64;

    /// <summary>The manifest, or null and what is wrong with it. All faults of the content are listed; of the form only the first.</summary>
    public static ProductManifest? Read(ReadOnlySpan<byte> json, out List<ManifestFault> faults)
    {
        faults = [];
        if (json.Length > MaximumLength)
        {
            faults.Add(new ManifestFault("", $"longer than {MaximumLength} bytes"));
            return null;
        }

        try
        {
            if (JsonSerializer.Deserialize(json, ProductManifestJson.Default.ProductManifest) is { } manifest)
            {
                Check(manifest, faults);
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

    private static void Check(ProductManifest manifest, List<ManifestFault> faults)
    {
        if (manifest.Name is { } name && !IsName(name))
            faults.Add(new ManifestFault("name", "expected 1 to 64 of a-z, 0-9 and '-'"));
        else if (manifest.Name is { } taken && ReservedNames.Contains(taken))
            faults.Add(new ManifestFault("name", $"{taken} is a process of Outwork's own"));
        if (manifest.Needs is not { } needs)
            return;
        CheckRange("dataMiB", needs.DataMiB, 8, 65_536, faults);
        if (needs.DataMiB is not null && needs.Data != true)
            faults.Add(new ManifestFault("needs.dataMiB", "of no use without needs.data"));
        CheckRange("memoryMiB", needs.MemoryMiB, 32, 65_536, faults);
        CheckRange("cpuPercent", needs.CpuPercent, 5, 6_400, faults);
        CheckRange("processes", needs.Processes, 16, 4_096, faults);
        CheckRange("descriptors", needs.Descriptors, 64, 65_536, faults);
        CheckPaths(needs.Read ?? [], faults);
    }

    private static void CheckRange(string field, int? value, int least, int most, List<ManifestFault> faults)
    {
        if (value < least || value > most)
            faults.Add(new ManifestFault("needs." + field, $"{value} is not between {least} and {most}"));
    }

    private static void CheckPaths(string[] paths, List<ManifestFault> faults)
    {
        if (paths.Length > MaximumPaths)
            faults.Add(new ManifestFault("needs.read", $"more than {MaximumPaths} paths"));
        for (int i = 0; i < paths.Length; i++)
        {
            string field = $"needs.read[{i}]";
            string path = paths[i] ?? "";
            if (path.Length < 2 || path[0] != '/' || path.Contains('\0', StringComparison.Ordinal))
                faults.Add(new ManifestFault(field, "expected an absolute path, and not the whole file system"));
            else if (path.Split('/').Any(static part => part is "." or "..") || path.EndsWith('/') || path.Contains("//", StringComparison.Ordinal))
                faults.Add(new ManifestFault(field, $"{path}: expected without '.', '..', '//' and a '/' at the end"));
        }
    }

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 64 && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
