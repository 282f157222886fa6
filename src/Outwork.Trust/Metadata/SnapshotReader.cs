using System.Text.Json;

namespace Outwork.Trust.Metadata;

/// <summary>The members of timestamp and snapshot.</summary>
internal static class SnapshotReader
{
    private const string Where = "signed.meta";
    private const string SnapshotFile = RoleName.Snapshot + RoleName.Extension;

    public static TimestampMetadata? ReadTimestamp(FieldReader reader, JsonElement signed, long version, DateTimeOffset expires)
    {
        Dictionary<string, MetaFile> meta = ReadMeta(reader, signed);
        if (meta.TryGetValue(SnapshotFile, out MetaFile? snapshot))
            return new TimestampMetadata { Version = version, Expires = expires, Snapshot = snapshot };
        reader.Refuse(Where, $"has no {SnapshotFile}");
        return null;
    }

    public static SnapshotMetadata Read(FieldReader reader, JsonElement signed, long version, DateTimeOffset expires) =>
        new() { Version = version, Expires = expires, Meta = ReadMeta(reader, signed) };

    private static Dictionary<string, MetaFile> ReadMeta(FieldReader reader, JsonElement signed)
    {
        JsonElement members = reader.Member(signed, "meta", JsonValueKind.Object, "signed");
        var meta = new Dictionary<string, MetaFile>(reader.Fault is null ? members.GetPropertyCount() : 0, StringComparer.Ordinal);
        foreach ((string name, JsonElement value) in reader.Members(members))
        {
            var at = new FieldPlace(Where, name);
            var entry = FileEntry.Of(value);
            long version = reader.Integer(entry.Version, least: 1, at.In("version"));
            long? length = entry.Length.ValueKind == JsonValueKind.Undefined ? null : reader.Integer(entry.Length, least: 0, at.In("length"));
            FileHashes? hashes = entry.Hashes.ValueKind == JsonValueKind.Undefined ? null : TargetsReader.ReadHashes(reader, entry.Hashes, at.In("hashes"));
            meta[name] = new MetaFile(version, length, hashes);
        }

        return meta;
    }
}
