using System.Text.Json;
using Outwork.Trust.Json;

namespace Outwork.Trust.Metadata;

/// <summary>
/// The members of an entry that describes a file, in one pass: a repository has as many entries as files. What is missing or null is of the
/// kind <see cref="JsonValueKind.Undefined"/>.
/// </summary>
internal readonly struct FileEntry
{
    private FileEntry(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
            return;
        foreach (JsonProperty member in entry.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
                continue;
            ReadOnlySpan<byte> name = JsonText.NameOf(member);
            if (name.SequenceEqual("hashes"u8))
                Hashes = member.Value;
            else if (name.SequenceEqual("length"u8))
                Length = member.Value;
            else if (name.SequenceEqual("version"u8))
                Version = member.Value;
            else if (name.SequenceEqual("custom"u8))
                Custom = member.Value;
        }
    }

    public JsonElement Version { get; }

    public JsonElement Length { get; }

    public JsonElement Hashes { get; }

    public JsonElement Custom { get; }

    public static FileEntry Of(JsonElement entry) => new(entry);
}
