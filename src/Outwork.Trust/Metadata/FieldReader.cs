using System.Globalization;
using System.Text.Json;
using Outwork.Trust.Json;
using Outwork.Trust.Workflow;

namespace Outwork.Trust.Metadata;

/// <summary>
/// Reads members and keeps the first fault; after it everything reads as empty, so that the callers need not check each step. Members that
/// nobody asks for are ignored, as the specification wants (section 4).
/// </summary>
internal sealed class FieldReader
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public MetadataFault? Fault { get; private set; }

    public void Refuse(FieldPlace where, string what, TrustRefusalCode code = TrustRefusalCode.MalformedMetadata) => Fault ??= new MetadataFault(code, where.ToString(), what);

    /// <summary>A member that must be there.</summary>
    public JsonElement Member(JsonElement parent, string name, JsonValueKind kind, FieldPlace where)
    {
        if (Optional(parent, name) is { } value && value.ValueKind == kind)
            return value;
        Refuse(where.In(name), $"is missing or is no {WordOf(kind)}");
        return default;
    }

    /// <summary>A member that may be missing; one that is null counts as missing.</summary>
    public JsonElement? Optional(JsonElement parent, string name) =>
        Fault is null && parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value : null;

    public string Text(JsonElement parent, string name, FieldPlace where)
    {
        JsonElement value = Member(parent, name, JsonValueKind.String, where);
        return Fault is null ? Text(value, where.In(name)) : "";
    }

    public string Text(JsonElement value, FieldPlace where)
    {
        if (JsonText.Of(value) is { } text)
            return text;
        Refuse(where, "is no text");
        return "";
    }

    public long Integer(JsonElement parent, string name, long least, FieldPlace where)
    {
        JsonElement value = Member(parent, name, JsonValueKind.Number, where);
        return Fault is null ? Integer(value, least, where.In(name)) : least;
    }

    public long Integer(JsonElement value, long least, FieldPlace where)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= least)
            return number;
        Refuse(where, $"is no integer from {least} on");
        return least;
    }

    public bool Flag(JsonElement parent, string name, FieldPlace where)
    {
        if (Optional(parent, name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value)
            return value.ValueKind == JsonValueKind.True;
        Refuse(where.In(name), "is missing or is neither true nor false");
        return false;
    }

    public DateTimeOffset Time(JsonElement parent, string name, FieldPlace where)
    {
        string text = Text(parent, name, where);
        if (DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            return time;
        Refuse(where.In(name), "is no time as 2030-01-31T12:00:00Z");
        return default;
    }

    /// <summary>Members of an object by name; nothing after a fault.</summary>
    public IEnumerable<(string Name, JsonElement Value)> Members(JsonElement value)
    {
        if (Fault is not null || value.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            // The canonical form was made before: each name is text.
            yield return (property.Name, property.Value);
            if (Fault is not null)
                yield break;
        }
    }

    /// <summary>The texts of an array.</summary>
    public List<string> Texts(JsonElement array, FieldPlace where)
    {
        var texts = new List<string>();
        if (Fault is not null)
            return texts;
        if (array.ValueKind != JsonValueKind.Array)
        {
            Refuse(where, "is no list");
            return texts;
        }

        foreach (JsonElement item in array.EnumerateArray())
            texts.Add(Text(item, where));
        return texts;
    }

    private static string WordOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "list",
        JsonValueKind.String => "text",
        _ => "number",
    };
}
