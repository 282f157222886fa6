using System.Text.Json;

namespace Outwork.Contracts.Products;

/// <summary>Tells what the serializer found in a manifest, with the field and in words for its author.</summary>
public static class ManifestJsonFault
{
    /// <summary>The fault that an exception of strict reading stands for.</summary>
    public static ManifestFault Describe(JsonException e)
    {
        ArgumentNullException.ThrowIfNull(e);
        string path = (e.Path ?? "$").TrimStart('$').TrimStart('.');
        string place = e.LineNumber is { } line ? $" (line {line + 1})" : "";
        if (Quoted(e.Message, "The JSON property '") is { } name)
        {
            string field = path.Length == 0 || path == name || path.EndsWith("." + name, StringComparison.Ordinal) ? path : $"{path}.{name}";
            return new ManifestFault(field.Length == 0 ? name : field, "no such field" + place);
        }

        if (Quoted(e.Message, "Duplicate property '") is { } twice)
            return new ManifestFault(path.Length == 0 ? twice : path, "given twice" + place);
        return new ManifestFault(path, (path.Length == 0 ? "not valid JSON, or not an object" : "not of the right type, or out of range") + place);
    }

    // The serializer names the property in its message only.
    private static string? Quoted(string message, string before)
    {
        if (!message.StartsWith(before, StringComparison.Ordinal))
            return null;
        int end = message.IndexOf('\'', before.Length);
        return end < 0 ? null : message[before.Length..end];
    }
}
