using System.Text.Json;
using System.Text.Json.Serialization;
using Outwork.Content.Trials;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Agent.Recording;

/// <summary>
/// Keeps a ring over restarts: one JSON object a line, readable by the agent alone, exchanged as a whole so that a power cut leaves the old
/// one or the new one. A damaged line is passed over and counted.
/// </summary>
/// <param name="path">Its path; the folder is there.</param>
internal sealed class RecordingFile(string path)
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int LongestLine = 16 * 1024;

    // More than a ring writes: what is larger was not written by one.
    private const long LongestFile = 64 * 1024 * 1024;

    /// <summary>Reads what was kept into a ring.</summary>
    /// <returns>Lines that were passed over.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public int Load(QuestionRing ring)
    {
        if (!File.Exists(path))
            return 0;
        if (new FileInfo(path).Length > LongestFile)
            return 1;
        int refused = 0;
        foreach (string line in File.ReadLines(path))
        {
            if (line.Length <= LongestLine && Read(line) is { } question)
                ring.Add(question);
            else
                refused++;
        }

        return refused;
    }

    /// <summary>Keeps what the ring holds.</summary>
    /// <exception cref="IOException">No space, or the disk failed; what was kept is still there.</exception>
    public void Save(QuestionRing ring)
    {
        using var bytes = new MemoryStream();
        foreach (RecordedQuestion question in ring.ToArray())
        {
            JsonSerializer.Serialize(bytes, question, RecordingJson.Default.RecordedQuestion);
            bytes.WriteByte((byte)'\n');
        }

        using DurableFile file = DurableFile.Prepare(path, bytes.GetBuffer().AsSpan(0, (int)bytes.Length), Mode);
        file.Commit();
    }

    private static RecordedQuestion? Read(string line)
    {
        try
        {
            RecordedQuestion? question = JsonSerializer.Deserialize(line, RecordingJson.Default.RecordedQuestion);
            return question is { Path: ['/', ..], Count: > 0 } ? question : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The recording's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, AllowDuplicateProperties = false, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RecordedQuestion))]
internal sealed partial class RecordingJson : JsonSerializerContext;
