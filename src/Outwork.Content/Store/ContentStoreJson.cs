using System.Text.Json;
using System.Text.Json.Serialization;

namespace Outwork.Content.Store;

/// <summary>The file as a whole: the state's bytes, and their digest, so that a damaged file is never taken for a state.</summary>
internal sealed record StateEnvelope
{
    [JsonRequired]
    public required string Sha256 { get; init; }

    [JsonRequired]
    public required JsonElement State { get; init; }
}

/// <summary>The JSON that the store keeps: every field is known, of its type, and there once.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 8)]
[JsonSerializable(typeof(StateEnvelope))]
[JsonSerializable(typeof(ProductContentState))]
[JsonSerializable(typeof(ContentHistoryEntry))]
internal sealed partial class ContentStoreJson : JsonSerializerContext;
