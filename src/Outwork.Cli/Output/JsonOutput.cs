using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Outwork.Cli.Output;

/// <summary>The contracts' JSON, exactly.</summary>
internal static class JsonOutput
{
    /// <summary>One document, indented.</summary>
    public static void WriteDocument<T>(Terminal terminal, T value, JsonTypeInfo<T> type)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            JsonSerializer.Serialize(writer, value, type);
        terminal.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    /// <summary>One object of a stream, on one line.</summary>
    public static void WriteLine<T>(Terminal terminal, T value, JsonTypeInfo<T> type) =>
        terminal.WriteLine(JsonSerializer.Serialize(value, type));
}
