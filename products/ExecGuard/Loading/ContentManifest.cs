using System.Text.Json;
using System.Text.Json.Serialization;

namespace Outwork.Products.ExecGuard.Loading;

/// <summary>What <c>execguard.json</c> says. Every part is optional, the file too.</summary>
/// <param name="Version">The content's version, for people; null makes it the beginning of the content's own hash.</param>
/// <param name="ScanLimit">How much of a file is scanned with YARA at most, bytes; a larger file is only hashed.</param>
internal sealed record ContentManifest(string? Version = null, int ScanLimit = ContentLimits.DefaultScanLimit)
{
    public const string FileName = "execguard.json";
    private const int MaxVersionLength = 64;

    /// <summary>Reads the manifest; never throws on what the bytes say. Null, and a fault, when they are wrong.</summary>
    public static ContentManifest? Read(ReadOnlySpan<byte> json, List<ContentFault> faults)
    {
        if (json.IsEmpty)
            return new ContentManifest();
        ContentManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, ContentManifestJson.Default.ContentManifest) ?? new ContentManifest();
        }
        catch (JsonException fault)
        {
            // The serializer puts its own idea of the place behind the sentence.
            string message = fault.Message.Split(" Path: ", 2)[0].Split(" LineNumber: ", 2)[0].Trim();
            faults.Add(new ContentFault(FileName, (int)(fault.LineNumber ?? 0) + 1, message));
            return null;
        }

        int before = faults.Count;
        if (manifest.ScanLimit is < ContentLimits.MinScanLimit or > ContentLimits.MaxScanLimit)
        {
            faults.Add(new ContentFault(
                FileName, 0, $"scanLimit is {manifest.ScanLimit}; it must be from {ContentLimits.MinScanLimit} to {ContentLimits.MaxScanLimit} bytes"));
        }

        if (manifest.Version is { } version && (version.Length is 0 or > MaxVersionLength || version.Any(c => c <= ' ' || c > '~')))
            faults.Add(new ContentFault(FileName, 0, $"version must be 1 to {MaxVersionLength} printable ASCII characters without spaces"));
        return faults.Count == before ? manifest : null;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ContentManifest))]
internal sealed partial class ContentManifestJson : JsonSerializerContext;
