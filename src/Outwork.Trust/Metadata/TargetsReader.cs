using System.Runtime.InteropServices;
using System.Text.Json;
using Outwork.Trust.Json;

namespace Outwork.Trust.Metadata;

/// <summary>The members of a targets role.</summary>
internal static class TargetsReader
{
    private const string Where = "signed.delegations";
    private const string Sha256 = "sha256";

    public static TargetsMetadata Read(FieldReader reader, JsonElement signed, long version, DateTimeOffset expires)
    {
        JsonElement members = reader.Member(signed, "targets", JsonValueKind.Object, "signed");
        var targets = new Dictionary<string, TargetFile>(reader.Fault is null ? members.GetPropertyCount() : 0, StringComparer.Ordinal);
        foreach ((string path, JsonElement value) in reader.Members(members))
        {
            var at = new FieldPlace("signed.targets", path);
            var entry = FileEntry.Of(value);
            long length = reader.Integer(entry.Length, least: 0, at.In("length"));
            FileHashes hashes = ReadHashes(reader, entry.Hashes, at.In("hashes"));
            byte[] custom = entry.Custom.ValueKind == JsonValueKind.Undefined ? [] : JsonMarshal.GetRawUtf8Value(entry.Custom).ToArray();
            targets[path] = new TargetFile(length, hashes, custom);
        }

        return new TargetsMetadata
        {
            Version = version,
            Expires = expires,
            Targets = targets,
            Delegations = reader.Optional(signed, "delegations") is { } delegations ? ReadDelegations(reader, delegations) : null,
        };
    }

    /// <summary>A member <c>hashes</c>.</summary>
    public static FileHashes ReadHashes(FieldReader reader, JsonElement value, FieldPlace at)
    {
        if (reader.Fault is not null || value.ValueKind != JsonValueKind.Object)
        {
            reader.Refuse(at, "is missing or is no object");
            return new FileHashes([]);
        }

        // Almost every file has this one and no other, and there may be very many files.
        var digests = new List<KeyValuePair<string, string>>(1);
        foreach (JsonProperty digest in value.EnumerateObject())
        {
            string algorithm = JsonText.NameOf(digest).SequenceEqual("sha256"u8) ? Sha256 : digest.Name;
            digests.Add(new(algorithm, Lower(reader.Text(digest.Value, at))));
        }

        if (digests.Count == 0)
            reader.Refuse(at, "is empty");
        return new FileHashes(digests);
    }

    private static string Lower(string text) => text.AsSpan().ContainsAnyInRange('A', 'Z') ? text.ToLowerInvariant() : text;

    private static Delegations ReadDelegations(FieldReader reader, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            reader.Refuse(Where, "is no object");
        var keys = RootReader.ReadKeys(reader, value, Where);
        JsonElement? roles = reader.Optional(value, "roles");
        JsonElement? succinct = reader.Optional(value, "succinct_roles");
        if (roles is null == succinct is null)
            reader.Refuse(Where, "has roles and succinct_roles, or neither");
        var list = new List<DelegatedRole>();
        if (reader.Fault is not null)
            return new Delegations(keys, list, null);
        if (succinct is { } bins)
            return new Delegations(keys, list, ReadBins(reader, bins));
        if (roles!.Value.ValueKind != JsonValueKind.Array)
            reader.Refuse(new FieldPlace(Where, "roles"), "is no list");
        else
            ReadRoles(reader, roles.Value, list);
        return new Delegations(keys, list, null);
    }

    private static void ReadRoles(FieldReader reader, JsonElement roles, List<DelegatedRole> list)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement item in roles.EnumerateArray())
        {
            string name = reader.Text(item, "name", Where);
            var at = new FieldPlace(Where, name);
            if (name.Length == 0 || RoleName.IsTopLevel(name))
                reader.Refuse(at, "no delegated role may have this name");
            if (!names.Add(name))
                reader.Refuse(at, "the role is there twice");
            RoleKeys keys = RootReader.ReadRole(reader, item, at);
            bool isTerminating = reader.Flag(item, "terminating", at);
            List<string>? paths = reader.Optional(item, "paths") is { } patterns ? reader.Texts(patterns, at) : null;
            List<string>? prefixes = reader.Optional(item, "path_hash_prefixes") is { } hashes ? reader.Texts(hashes, at) : null;
            if (paths is null == prefixes is null)
                reader.Refuse(at, "has paths and path_hash_prefixes, or neither");
            if (reader.Fault is not null)
                return;
            list.Add(new DelegatedRole(name, keys, isTerminating, paths, prefixes?.ConvertAll(static prefix => prefix.ToLowerInvariant())));
        }
    }

    private static SuccinctRoles ReadBins(FieldReader reader, JsonElement value)
    {
        var at = new FieldPlace(Where, "succinct_roles");
        RoleKeys keys = RootReader.ReadRole(reader, value, at);
        long bits = reader.Integer(value, "bit_length", least: 1, at);
        if (bits > SuccinctRoles.MostBits)
            reader.Refuse(at.In("bit_length"), $"is above {SuccinctRoles.MostBits}");
        return new SuccinctRoles(keys, (int)Math.Min(bits, SuccinctRoles.MostBits), reader.Text(value, "name_prefix", at));
    }
}
