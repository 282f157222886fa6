using System.Text.Json;
using System.Text.Json.Nodes;
using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Authoring;

/// <summary>A signature made for a request.</summary>
/// <param name="Role">The role.</param>
/// <param name="KeyId">The key's name there.</param>
/// <param name="Value">The signature.</param>
public sealed record BroughtSignature(string Role, string KeyId, byte[] Value);

/// <summary>A role that a request asks to be signed.</summary>
/// <param name="Role">The role.</param>
/// <param name="Keys">Who may sign it.</param>
/// <param name="Summary">What would be signed, line by line (<see cref="RoleSummary"/>).</param>
public sealed record RequestedRole(DraftRole Role, IReadOnlyDictionary<string, TrustKey> Keys, IReadOnlyList<string> Summary);

/// <summary>
/// The signing ceremony: what is to be signed goes to another machine in one file and signatures come back in another. The first holds whole
/// metadata files, so that the other machine shows what it signs and needs no trust in this one.
/// </summary>
public static class SigningRequest
{
    private const string RequestType = "outwork-signing-request-1";
    private const string SignaturesType = "outwork-signatures-1";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The staged roles that lack signatures, with the keys that may sign each.</summary>
    public static string Export(RepositoryDraft draft, IReadOnlyList<MissingSignatures> missing)
    {
        var roles = new JsonObject();
        foreach (string role in missing.Select(static lack => lack.Role).Distinct(StringComparer.Ordinal))
        {
            var keys = new JsonObject();
            foreach ((string id, TrustKey key) in draft.SignersOf(role).SelectMany(static set => set.Known))
                keys[id] = PublicKeyFile.ToJson(key);
            roles[role] = new JsonObject { ["keys"] = keys, ["signed"] = draft.Staged[role].Signed.DeepClone() };
        }

        return new JsonObject { ["type"] = RequestType, ["roles"] = roles }.ToJsonString(Indented) + "\n";
    }

    /// <summary>Reads a request; null when it is none, or asks for a role that no client would take.</summary>
    public static IReadOnlyList<RequestedRole>? Read(string text)
    {
        try
        {
            if (JsonNode.Parse(text) is not JsonObject request || (string?)request["type"] != RequestType)
                return null;
            var roles = new List<RequestedRole>();
            foreach ((string name, JsonNode? value) in request["roles"]!.AsObject())
            {
                var keys = new Dictionary<string, TrustKey>(StringComparer.Ordinal);
                foreach ((string id, JsonNode? key) in value!["keys"]!.AsObject())
                    keys[id] = TrustKey.Create(id, (string)key!["keytype"]!, (string)key["scheme"]!, (string)key["keyval"]!["public"]!);
                var role = new DraftRole(name, value["signed"]!.DeepClone().AsObject(), []);
                // A signature is good for what the signed part says that it is, whatever the request calls it.
                if ((string?)role.Signed["_type"] != (RoleName.IsTopLevel(name) ? name : RoleName.Targets))
                    return null;
                // Before any key is at hand: nothing is signed that could not be shown.
                if (RoleSummary.Of(role) is not { } summary)
                    return null;
                roles.Add(new RequestedRole(role, keys, summary));
            }

            return roles;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or NullReferenceException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Signs each role of a request that lists the key.</summary>
    public static IReadOnlyList<BroughtSignature> Sign(IEnumerable<RequestedRole> roles, SigningKey key) =>
    [
        .. from role in roles
           let id = SignerSet.NameOf(role.Keys, key.Public)
           where id is not null
           select new BroughtSignature(role.Role.Name, id, key.Sign(role.Role.Canonical())),
    ];

    /// <summary>The file that comes back.</summary>
    public static string WriteSignatures(IEnumerable<BroughtSignature> signatures)
    {
        JsonNode[] list = [.. signatures.Select(static signature => new JsonObject
        {
            ["role"] = signature.Role, ["keyid"] = signature.KeyId, ["sig"] = Convert.ToHexStringLower(signature.Value),
        })];
        return new JsonObject { ["type"] = SignaturesType, ["signatures"] = new JsonArray(list) }.ToJsonString(Indented) + "\n";
    }

    /// <summary>Reads it; null when it is none.</summary>
    public static IReadOnlyList<BroughtSignature>? ReadSignatures(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject file && (string?)file["type"] == SignaturesType
                ? [.. file["signatures"]!.AsArray().Select(static item => new BroughtSignature((string)item!["role"]!, (string)item["keyid"]!, Convert.FromHexString((string)item["sig"]!)))]
                : null;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or NullReferenceException or FormatException or ArgumentException)
        {
            return null;
        }
    }
}
