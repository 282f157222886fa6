using System.Text.Json;
using System.Text.Json.Serialization;

namespace Outwork.Contracts.Products;

/// <summary>The manifest's JSON: every field is known, of its type, and there once.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    ReadCommentHandling = JsonCommentHandling.Skip,
    RespectNullableAnnotations = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(ProductManifest))]
internal sealed partial class ProductManifestJson : JsonSerializerContext;
