using System.Text.Json;
using System.Text.Json.Nodes;
using Outwork.Trust.Keys;

namespace Outwork.Trust.Authoring;

/// <summary>A public key in a file: the JSON that stands in metadata, and the key's name.</summary>
public static class PublicKeyFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The file's text.</summary>
    public static string Write(TrustKey key)
    {
        JsonObject json = ToJson(key);
        json["keyid"] = key.Id;
        return json.ToJsonString(Indented) + "\n";
    }

    /// <summary>Reads a file; null when it holds no public key that can be used.</summary>
    public static TrustKey? Read(string text)
    {
        try
        {
            if (JsonNode.Parse(text) is not JsonObject json || json["keyval"] is not JsonObject material)
                return null;
            if (json["keytype"] is not JsonValue type || json["scheme"] is not JsonValue scheme || material["public"] is not JsonValue key)
                return null;
            TrustKey named = SigningKey.Named(type.GetValue<string>(), scheme.GetValue<string>(), key.GetValue<string>());
            return named.Scheme == KeyScheme.Unknown ? null : named;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>As it stands in metadata.</summary>
    internal static JsonObject ToJson(TrustKey key) => new()
    {
        ["keytype"] = key.Type,
        ["keyval"] = new JsonObject { ["public"] = key.Text },
        ["scheme"] = key.SchemeName,
    };
}
