using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Outwork.Trust.Json;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Authoring;

/// <summary>
/// A metadata file while it is made: its signed part as JSON, so that members which are not known here stay, and the signatures so far.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class DraftRole
{
    private const string SpecificationVersion = "1.0.31";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal DraftRole(string name, JsonObject signed, List<MetadataSignature> signatures)
    {
        Name = name;
        Signed = signed;
        Signatures = signatures;
    }

    /// <summary>The role.</summary>
    public string Name { get; }

    /// <summary>Names of the keys that signed it so far, valid or not.</summary>
    public IReadOnlyList<MetadataSignature> SignaturesSoFar => Signatures;

    /// <summary>Its version.</summary>
    public long Version => Signed["version"]!.GetValue<long>();

    /// <summary>When it expires. UTC.</summary>
    public DateTimeOffset Expires => DateTimeOffset.Parse(Signed["expires"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    internal JsonObject Signed { get; }

    internal List<MetadataSignature> Signatures { get; }

    /// <summary>A new role, version 1, not signed.</summary>
    internal static DraftRole Create(string name, string type, DateTimeOffset expires, JsonObject members)
    {
        members["_type"] = type;
        members["spec_version"] = SpecificationVersion;
        members["version"] = 1L;
        var role = new DraftRole(name, members, []);
        role.SetExpiry(expires);
        return role;
    }

    /// <summary>Reads a file of ours.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static DraftRole Parse(string name, ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (JsonNode.Parse(bytes) is not JsonObject file || file["signed"] is not JsonObject signed || file["signatures"] is not JsonArray signatures)
                throw new JsonException($"The file of {name} is no metadata.");
            List<MetadataSignature> read =
                [.. signatures.Select(static item => new MetadataSignature((string)item!["keyid"]!, Convert.FromHexString((string)item["sig"]!)))];
            file.Remove("signed");
            var role = new DraftRole(name, signed, read);
            _ = (role.Version, role.Expires);
            return role;
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or NullReferenceException or FormatException or ArgumentException)
        {
            throw new JsonException($"The file of {name} is no metadata.", wrong);
        }
    }

    /// <summary>The bytes that are signed.</summary>
    /// <exception cref="InvalidOperationException">It has no canonical form.</exception>
    public byte[] Canonical()
    {
        var canonical = new ArrayBufferWriter<byte>();
        using JsonDocument document = JsonDocument.Parse(Signed.ToJsonString());
        return CanonicalJson.TryWrite(document.RootElement, canonical) is { } fault
            ? throw new InvalidOperationException($"The role {Name} cannot be signed: {fault}.")
            : canonical.WrittenSpan.ToArray();
    }

    /// <summary>The file.</summary>
    public byte[] ToBytes()
    {
        JsonNode[] signatures =
            [.. Signatures.Select(static signature => new JsonObject { ["keyid"] = signature.KeyId, ["sig"] = Convert.ToHexStringLower(signature.Value.Span) })];
        var file = new JsonObject { ["signatures"] = new JsonArray(signatures), ["signed"] = Signed.DeepClone() };
        byte[] text = System.Text.Encoding.UTF8.GetBytes(file.ToJsonString(Readable));
        // Clients need not bring it into the form that is signed when it stands in it; of a control character that form is no JSON.
        var canonical = new ArrayBufferWriter<byte>(text.Length);
        using JsonDocument document = JsonDocument.Parse(text);
        return CanonicalJson.TryWrite(document.RootElement, canonical) is null && CanonicalCheck.IsCanonical(canonical.WrittenSpan) ? canonical.WrittenSpan.ToArray() : text;
    }

    /// <summary>The next version of it, without signatures.</summary>
    internal DraftRole Next(DateTimeOffset expires)
    {
        var next = new DraftRole(Name, Signed.DeepClone().AsObject(), []);
        next.Signed["version"] = Version + 1;
        next.SetExpiry(expires);
        return next;
    }

    /// <summary>Puts a signature in the place of an older one by the same key.</summary>
    internal void Add(MetadataSignature signature)
    {
        Signatures.RemoveAll(other => string.Equals(other.KeyId, signature.KeyId, StringComparison.Ordinal));
        Signatures.Add(signature);
    }

    internal void SetExpiry(DateTimeOffset expires) => Signed["expires"] = expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
