using System.Text.Json;

namespace Outwork.Content.Store;

/// <summary>
/// <c>history.jsonl</c>: an entry a line, written at the end. A line that a power cut spoilt is passed over; the state has the last entry, so none
/// is lost. When it is longer than allowed, the older half goes.
/// </summary>
internal sealed class ContentHistoryFile(IContentFiles files, ContentPaths paths, int mostBytes)
{
    /// <summary>The entries, the oldest first.</summary>
    public IReadOnlyList<ContentHistoryEntry> Read()
    {
        // Somebody else's large file is not read; one line may have been added to what was allowed.
        byte[] bytes = files.ReadSmall(paths.History, (2L * mostBytes) + ProductStateCodec.MaximumLength) ?? [];
        var entries = new List<ContentHistoryEntry>();
        for (int at = 0, end; (end = Array.IndexOf(bytes, (byte)'\n', at)) >= 0; at = end + 1)
        {
            if (Parse(bytes.AsSpan(at, end - at)) is { } entry && (entries.Count == 0 || entry.Sequence > entries[^1].Sequence))
                entries.Add(entry);
        }

        return entries;
    }

    /// <summary>Adds an entry, on to the disk.</summary>
    public void Add(ContentHistoryEntry entry)
    {
        // The line feed before it ends a line that a power cut left without.
        byte[] line = [(byte)'\n', .. Line(entry)];
        if (files.KindOf(paths.History) != ContentEntryKind.File)
        {
            files.DeleteAll(paths.History);
            files.Replace(paths.History, line);
            return;
        }

        if (files.LengthOf(paths.History) + line.Length > mostBytes)
        {
            Shorten(entry);
            return;
        }

        using Stream stream = files.Append(paths.History);
        stream.Write(line);
        files.Synchronize(stream);
    }

    private static byte[] Line(ContentHistoryEntry entry) => [.. JsonSerializer.SerializeToUtf8Bytes(entry, ContentStoreJson.Default.ContentHistoryEntry), (byte)'\n'];

    private static ContentHistoryEntry? Parse(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
            return null;
        try
        {
            ContentHistoryEntry? entry = JsonSerializer.Deserialize(line, ContentStoreJson.Default.ContentHistoryEntry);
            return entry is { Sequence: > 0, Version: not null, Sha256: not null, Text: not null } && Enum.IsDefined(entry.Event) ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Shorten(ContentHistoryEntry entry)
    {
        var kept = new List<byte[]> { Line(entry) };
        int bytes = kept[0].Length;
        foreach (ContentHistoryEntry older in Read().Reverse())
        {
            byte[] line = Line(older);
            if ((bytes += line.Length) > mostBytes / 2)
                break;
            kept.Add(line);
        }

        kept.Reverse();
        files.Replace(paths.History, [.. kept.SelectMany(static line => line)]);
    }
}
