using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Outwork.Trust.Json;

namespace Outwork.Trust.Tests.Simulation;

/// <summary>
/// A repository whose every member a test can change before it publishes, right or wrong: the signed parts are JSON, not our model. What
/// was published stays to be asked for by version.
/// </summary>
internal sealed class SimulatedRepository
{
    public const string Root = "root", Timestamp = "timestamp", Snapshot = "snapshot", Targets = "targets";
    public static readonly string[] AllButRoot = [Targets, Snapshot, Timestamp];

    private readonly Dictionary<string, int> _taken = [];
    private readonly Lock _gate = new();
    private readonly List<string> _metadataRequests = [];
    private readonly List<string> _fileRequests = [];

    public SimulatedRepository(DateTimeOffset now)
    {
        SafeExpiry = now.AddDays(30);
        Signed[Targets] = NewTargets();
        Signed[Snapshot] = NewSigned(Snapshot, new JsonObject { ["meta"] = new JsonObject() });
        Signed[Timestamp] = NewSigned(Timestamp, new JsonObject { ["meta"] = new JsonObject() });
        Signed[Root] = NewSigned(Root, new JsonObject { ["consistent_snapshot"] = true, ["keys"] = new JsonObject(), ["roles"] = new JsonObject() });
        foreach (string role in (string[])[Root, Timestamp, Snapshot, Targets])
        {
            Signed[Root]["roles"]![role] = new JsonObject { ["keyids"] = new JsonArray(), ["threshold"] = 1 };
            AddKey(role);
        }

        Publish(Targets, Snapshot, Timestamp, Root);
    }

    public DateTimeOffset SafeExpiry { get; }

    /// <summary>The signed part of each role, as the next publication will have it.</summary>
    public Dictionary<string, JsonObject> Signed { get; } = [];

    /// <summary>Who signs each role, by key name.</summary>
    public Dictionary<string, Dictionary<string, TestSigner>> Signers { get; } = [];

    /// <summary>Published files by role; version 1 is the first.</summary>
    public Dictionary<string, List<byte[]>> Published { get; } = [];

    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Whether timestamp and snapshot say lengths and digests.</summary>
    public bool SaysHashes { get; set; }

    /// <summary>What was asked for, as "root:2 timestamp snapshot:1".</summary>
    public string MetadataRequests
    {
        get { lock (_gate) return string.Join(' ', _metadataRequests); }
    }

    public string FileRequests
    {
        get { lock (_gate) return string.Join(' ', _fileRequests); }
    }

    public bool IsConsistent => Signed[Root]["consistent_snapshot"]!.GetValue<bool>();

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public JsonObject Role(string role) => Signed[Root]["roles"]![role]!.AsObject();

    public JsonObject Meta(string role) => Signed[Snapshot]["meta"]![role + ".json"]!.AsObject();

    public void Expire(string role, DateTimeOffset at) => Signed[role]["expires"] = Time(at);

    public JsonObject NewTargets(DateTimeOffset? expires = null)
    {
        JsonObject targets = NewSigned(Targets, new JsonObject { ["targets"] = new JsonObject() });
        targets["expires"] = Time(expires ?? SafeExpiry);
        return targets;
    }

    public TestSigner NewSigner(string scheme = "ecdsa-sha2-nistp256")
    {
        int number = _taken.GetValueOrDefault(scheme);
        _taken[scheme] = number + 1;
        return TestSigner.Of(scheme, number);
    }

    public void AddSigner(string role, TestSigner signer)
    {
        Signers.TryAdd(role, []);
        Signers[role][signer.KeyId] = signer;
    }

    /// <summary>Lists a key for a top-level role and lets it sign.</summary>
    public void AddKey(string role, TestSigner? signer = null)
    {
        signer ??= NewSigner();
        Signed[Root]["keys"]![signer.KeyId] = signer.Key.DeepClone();
        Role(role)["keyids"]!.AsArray().Add(signer.KeyId);
        AddSigner(role, signer);
    }

    public void RotateKeys(string role)
    {
        Role(role)["keyids"] = new JsonArray();
        Signers[role].Clear();
        for (int i = Role(role)["threshold"]!.GetValue<int>(); i > 0; i--)
            AddKey(role);
    }

    public void Publish(params string[] roles) => Publish(checkVersion: true, roles);

    public void Publish(bool checkVersion, params string[] roles)
    {
        foreach (string role in roles)
        {
            JsonObject signed = Signed[role];
            if (Published.ContainsKey(role))
                signed["version"] = signed["version"]!.GetValue<long>() + 1;
            Published.TryAdd(role, []);
            if (checkVersion)
                Assert.Equal(Published[role].Count + 1, signed["version"]!.GetValue<long>());
            byte[] bytes = Sign(role);
            Published[role].Add(bytes);
            var meta = new JsonObject { ["version"] = signed["version"]!.DeepClone() };
            if (SaysHashes)
            {
                meta["length"] = bytes.Length;
                meta["hashes"] = new JsonObject { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)) };
            }

            if (role == Snapshot)
                Signed[Timestamp]["meta"]!["snapshot.json"] = meta;
            else if (role is not Root and not Timestamp)
                Signed[Snapshot]["meta"]![role + ".json"] = meta;
        }
    }

    /// <summary>The signed file of a role as it stands, not published.</summary>
    public byte[] Sign(string role) => SignAs(Signed[role], Signers.GetValueOrDefault(role, []).Values);

    public static byte[] SignAs(JsonObject signed, IEnumerable<TestSigner> signers)
    {
        var canonical = new ArrayBufferWriter<byte>();
        using JsonDocument document = JsonDocument.Parse(signed.ToJsonString());
        Assert.Null(CanonicalJson.TryWrite(document.RootElement, canonical));
        byte[] data = canonical.WrittenSpan.ToArray();
        var signatures = new JsonArray([.. signers.Select(signer => (JsonNode)new JsonObject { ["keyid"] = signer.KeyId, ["sig"] = signer.Sign(data) })]);
        var file = new JsonObject { ["signatures"] = signatures, ["signed"] = signed.DeepClone() };
        return Encoding.UTF8.GetBytes(file.ToJsonString());
    }

    /// <summary>Changes the last published file of a role as text, its signatures being what they were.</summary>
    public void Tamper(string role, Action<JsonObject> change)
    {
        JsonObject file = JsonNode.Parse(Published[role][^1])!.AsObject();
        change(file);
        Published[role][^1] = Encoding.UTF8.GetBytes(file.ToJsonString());
    }

    public void AddFile(string role, byte[] data, string path)
    {
        Files[path] = data;
        Signed[role]["targets"]![path] = new JsonObject
        {
            ["length"] = data.Length,
            ["hashes"] = new JsonObject { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(data)) },
        };
    }

    /// <summary>Delegates to a role with a new key, or with the given one.</summary>
    public TestSigner Delegate(string delegator, string role, string[] paths, bool isTerminating = false, TestSigner? signer = null, string[]? hashPrefixes = null)
    {
        signer ??= NewSigner();
        JsonObject delegations = Delegations(delegator, new JsonObject { ["keys"] = new JsonObject(), ["roles"] = new JsonArray() });
        delegations["keys"]![signer.KeyId] = signer.Key.DeepClone();
        var entry = new JsonObject { ["name"] = role, ["keyids"] = new JsonArray(signer.KeyId), ["threshold"] = 1, ["terminating"] = isTerminating };
        entry[hashPrefixes is null ? "paths" : "path_hash_prefixes"] = new JsonArray([.. (hashPrefixes ?? paths).Select(path => (JsonNode)path)]);
        delegations["roles"]!.AsArray().Add(entry);
        Signed.TryAdd(role, NewTargets());
        AddSigner(role, signer);
        return signer;
    }

    /// <summary>Delegates to bins and makes each of them, empty.</summary>
    public string[] DelegateToBins(string delegator, int bitLength, string prefix)
    {
        TestSigner signer = NewSigner();
        _ = Delegations(delegator, new JsonObject
        {
            ["keys"] = new JsonObject { [signer.KeyId] = signer.Key.DeepClone() },
            ["succinct_roles"] = new JsonObject { ["keyids"] = new JsonArray(signer.KeyId), ["threshold"] = 1, ["bit_length"] = bitLength, ["name_prefix"] = prefix },
        });
        int digits = (bitLength + 3) / 4;
        string[] bins = [.. Enumerable.Range(0, 1 << bitLength).Select(bin => $"{prefix}-{bin.ToString("x" + digits, CultureInfo.InvariantCulture)}")];
        foreach (string bin in bins)
        {
            Signed[bin] = NewTargets();
            AddSigner(bin, signer);
        }

        return bins;
    }

    /// <summary>What a web server gives for a path below the repository, percent-encoded as it came; null for a file that is not there.</summary>
    public byte[]? Get(string path)
    {
        lock (_gate)
            return path.StartsWith("metadata/", StringComparison.Ordinal) ? GetMetadata(path["metadata/".Length..]) : GetFile(path["targets/".Length..]);
    }

    private byte[]? GetMetadata(string file)
    {
        string name = file[..^".json".Length];
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        bool hasVersion = name != Timestamp && dot > 0 && (IsConsistent || name[(dot + 1)..] == Root);
        string role = hasVersion ? name[(dot + 1)..] : name;
        _metadataRequests.Add(hasVersion ? $"{role}:{name[..dot]}" : role);
        if (!Published.TryGetValue(Uri.UnescapeDataString(role), out List<byte[]>? versions) || versions.Count == 0)
            return null;
        int version = hasVersion ? int.Parse(name[..dot], CultureInfo.InvariantCulture) : versions.Count;
        return version >= 1 && version <= versions.Count ? versions[version - 1] : null;
    }

    private byte[]? GetFile(string path)
    {
        string decoded = Uri.UnescapeDataString(path);
        int slash = decoded.LastIndexOf('/') + 1;
        string name = decoded[slash..];
        string prefix = IsConsistent ? name[..name.IndexOf('.', StringComparison.Ordinal)] : "";
        string target = decoded[..slash] + (IsConsistent ? name[(prefix.Length + 1)..] : name);
        _fileRequests.Add(target);
        return Files.GetValueOrDefault(target);
    }

    private JsonObject Delegations(string delegator, JsonObject ifNone)
    {
        if (Signed[delegator]["delegations"] is null)
            Signed[delegator]["delegations"] = ifNone;
        return Signed[delegator]["delegations"]!.AsObject();
    }

    private JsonObject NewSigned(string type, JsonObject members)
    {
        members["_type"] = type;
        members["spec_version"] = "1.0.31";
        members["version"] = 1L;
        members["expires"] = Time(SafeExpiry);
        return members;
    }
}
