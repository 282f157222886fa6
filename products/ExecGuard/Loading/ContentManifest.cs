using System.Text.Json;
using System.Text.Json.Serialization;
using Outwork.Sdk;

namespace Outwork.Products.ExecGuard.Loading;

/// <summary>What <c>execguard.json</c> says. Every part is optional, the file too.</summary>
/// <param name="Version">The content's version, for people; null makes it the beginning of the content's own hash.</param>
/// <param name="Schema">The format that the content was made for; content of a package must say it.</param>
/// <param name="ScanLimit">How much of a file is scanned with YARA at most, bytes; a larger file is only hashed.</param>
internal sealed record ContentManifest(string? Version = null, int ScanLimit = ContentLimits.DefaultScanLimit, ContentSchema? Schema = null)
{
    public const string FileName = "execguard.json";

    /// <summary>What the parsers beside this one read: a line of a list has a digest and a name.</summary>
    public static readonly ContentSchema Supported = new("execguard", 1, 2);

    private const int MaxVersionLength = 64;

    /// <summary>Reads the manifest; never throws on what the bytes say. Null, and a fault, when they are wrong.</summary>
    /// <param name="json">The file's bytes.</param>
    /// <param name="name">Its name, for faults.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public static ContentManifest? Read(ReadOnlySpan<byte> json, string name, List<ContentFault> faults)
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
            faults.Add(new ContentFault(name, (int)(fault.LineNumber ?? 0) + 1, message));
            return null;
        }

        int before = faults.Count;
        if (manifest.ScanLimit is < ContentLimits.MinScanLimit or > ContentLimits.MaxScanLimit)
        {
            faults.Add(new ContentFault(
                name, 0, $"scanLimit is {manifest.ScanLimit}; it must be from {ContentLimits.MinScanLimit} to {ContentLimits.MaxScanLimit} bytes"));
        }

        if (manifest.Version is { } version && (version.Length is 0 or > MaxVersionLength || version.Any(c => c <= ' ' || c > '~')))
            faults.Add(new ContentFault(name, 0, $"version must be 1 to {MaxVersionLength} printable ASCII characters without spaces"));
        if (manifest.Schema is { } schema && Supported.FindFault(schema) is { } mismatch)
            faults.Add(new ContentFault(name, 0, mismatch));
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
