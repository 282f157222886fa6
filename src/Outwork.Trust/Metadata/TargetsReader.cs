using System.Runtime.InteropServices;
using System.Text.Json;

namespace Outwork.Trust.Metadata;

/// <summary>The members of a targets role.</summary>
internal static class TargetsReader
{
    private const string Where = "signed.delegations";

    public static TargetsMetadata Read(FieldReader reader, JsonElement signed, long version, DateTimeOffset expires)
    {
        JsonElement members = reader.Member(signed, "targets", JsonValueKind.Object, "signed");
        var targets = new Dictionary<string, TargetFile>(reader.Fault is null ? members.GetPropertyCount() : 0, StringComparer.Ordinal);
        foreach ((string path, JsonElement value) in reader.Members(members, "signed.targets"))
        {
            string at = FieldReader.Join("signed.targets", path);
            long length = reader.Integer(value, "length", least: 0, at);
            FileHashes hashes = ReadHashes(reader, value, at);
            byte[] custom = reader.Optional(value, "custom") is { } element ? JsonMarshal.GetRawUtf8Value(element).ToArray() : [];
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

    /// <summary>The member <c>hashes</c>.</summary>
    public static FileHashes ReadHashes(FieldReader reader, JsonElement parent, string where)
    {
        string at = FieldReader.Join(where, "hashes");
        var digests = new List<KeyValuePair<string, string>>(1);
        foreach ((string algorithm, JsonElement value) in reader.Members(reader.Member(parent, "hashes", JsonValueKind.Object, where), at))
            digests.Add(new(algorithm, reader.Text(value, at).ToLowerInvariant()));
        if (digests.Count == 0)
            reader.Refuse(at, "is empty");
        return new FileHashes(digests);
    }

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
            reader.Refuse(FieldReader.Join(Where, "roles"), "is no list");
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
            string at = FieldReader.Join(Where, name);
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
        string at = FieldReader.Join(Where, "succinct_roles");
        RoleKeys keys = RootReader.ReadRole(reader, value, at);
        long bits = reader.Integer(value, "bit_length", least: 1, at);
        if (bits > SuccinctRoles.MostBits)
            reader.Refuse(FieldReader.Join(at, "bit_length"), $"is above {SuccinctRoles.MostBits}");
        return new SuccinctRoles(keys, (int)Math.Min(bits, SuccinctRoles.MostBits), reader.Text(value, "name_prefix", at));
    }
}
