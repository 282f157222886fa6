using System.Text.Json;
using Outwork.Trust.Keys;

namespace Outwork.Trust.Metadata;

/// <summary>The members of a root, and of keys and roles wherever they stand.</summary>
internal static class RootReader
{
    private const string Signed = "signed";

    public static RootMetadata Read(FieldReader reader, JsonElement signed, long version, DateTimeOffset expires)
    {
        var roles = new Dictionary<string, RoleKeys>(StringComparer.Ordinal);
        foreach ((string name, JsonElement value) in reader.Members(reader.Member(signed, "roles", JsonValueKind.Object, Signed)))
        {
            // A role that this version does not know, as mirrors, is not read: it may be of any shape.
            if (RoleName.IsTopLevel(name))
                roles[name] = ReadRole(reader, value, $"signed.roles.{name}");
        }

        foreach (string needed in (string[])[RoleName.Root, RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets])
        {
            if (!roles.ContainsKey(needed))
                reader.Refuse($"signed.roles.{needed}", "is missing");
        }

        return new RootMetadata
        {
            Version = version,
            Expires = expires,
            ConsistentSnapshot = reader.Optional(signed, "consistent_snapshot") is not null && reader.Flag(signed, "consistent_snapshot", Signed),
            Keys = ReadKeys(reader, signed, Signed),
            Roles = roles,
        };
    }

    /// <summary>The member <c>keys</c>.</summary>
    public static Dictionary<string, TrustKey> ReadKeys(FieldReader reader, JsonElement parent, FieldPlace where)
    {
        var keys = new Dictionary<string, TrustKey>(StringComparer.Ordinal);
        FieldPlace at = where.In("keys");
        foreach ((string id, JsonElement value) in reader.Members(reader.Member(parent, "keys", JsonValueKind.Object, where)))
        {
            FieldPlace place = at.In(id);
            string type = reader.Text(value, "keytype", place);
            string scheme = reader.Text(value, "scheme", place);
            JsonElement material = reader.Member(value, "keyval", JsonValueKind.Object, place);
            // Kinds of keys that are not known keep what they are in members of other names.
            string text = reader.Optional(material, "public") is { ValueKind: JsonValueKind.String } known ? reader.Text(known, place) : "";
            keys[id] = TrustKey.Create(id, type, scheme, text);
        }

        return keys;
    }

    /// <summary>The members <c>keyids</c> and <c>threshold</c>.</summary>
    public static RoleKeys ReadRole(FieldReader reader, JsonElement role, FieldPlace where)
    {
        JsonElement list = reader.Member(role, "keyids", JsonValueKind.Array, where);
        List<string> ids = reader.Texts(list, where.In("keyids"));
        long threshold = reader.Integer(role, "threshold", least: 1, where);
        // A name that is there twice is one key all the same.
        return new RoleKeys([.. ids.Distinct(StringComparer.Ordinal)], (int)Math.Min(threshold, int.MaxValue));
    }
}
