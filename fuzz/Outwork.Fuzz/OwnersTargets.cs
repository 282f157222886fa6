using System.Security.Cryptography;
using System.Text;
using Outwork.Contracts.Policy;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Policy;
using Outwork.Trust.Authoring;
using Outwork.Trust.Keys;
using static Outwork.Fuzz.FuzzTargets;

namespace Outwork.Fuzz;

/// <summary>Parsers of files that others give to owners: of repositories, of keys, of machines.</summary>
internal static class OwnersTargets
{
    private static readonly string[] YamlTokens = ["version: 1\n", "rules:\n", "- name: ", "match:\n", "path: ", "action: ", "ask", "default: deny\n", "\n  ", "{", "}", "[", "]", "&a", "*a", "!!", "|", ">", "\"", "'", "#", "\t", "---\n"];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("signing-request", ["fuzz/signing-requests"], [.. TrustTokens, "\"type\":", "\"outwork-signing-request-1\"", "\"outwork-signatures-1\"", "\"keyid\":", "\"sig\":", "\"role\":"], SigningRequests),
        new("key-file", ["fuzz/key-files"], ["-----BEGIN ENCRYPTED PRIVATE KEY-----", "-----END ENCRYPTED PRIVATE KEY-----", "\n", "=", "\u0030\u0080", "\u0004\u0010"], KeyFiles) { LongestInput = 8 * 1024 },
        new("public-key", ["fuzz/public-keys"], [.. TrustTokens, "\"keyval\":", "\"public\":", "-----BEGIN PUBLIC KEY-----\\n", "\\n-----END PUBLIC KEY-----\\n"], PublicKeys),
        new("policy", ["fuzz/policy"], YamlTokens, Policies),
    ];

    private static string SigningRequests(ReadOnlyMemory<byte> input)
    {
        string text = Encoding.UTF8.GetString(input.Span);
        IReadOnlyList<RequestedRole>? request = SigningRequest.Read(text);
        IReadOnlyList<BroughtSignature>? signatures = SigningRequest.ReadSignatures(text);
        Must(request is null || signatures is null, "a file is a request or holds signatures");
        foreach (RequestedRole asked in request ?? [])
            Must(asked.Summary[0].EndsWith(RoleSummary.DigestOf(asked.Role), StringComparison.Ordinal), "what is shown is what is signed");
        IEnumerable<string> shown = request?.SelectMany(static asked => asked.Summary).Select(static line => Shape(line)).Distinct() ?? [];
        return $"{request?.Count} {request?.Sum(static asked => asked.Keys.Count)} {signatures?.Count} {string.Join(';', shown)}";
    }

    // Text as it is; other bytes as what the text of a key file encodes, since changed base64 is mostly none.
    private static string KeyFiles(ReadOnlyMemory<byte> input)
    {
        string text = input.Span.StartsWith("-----"u8) ? Encoding.UTF8.GetString(input.Span) : PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", input.Span);
        using SigningKey? key = KeyFile.Read(text, "x"u8, OpenSslEd25519.Instance, out string fault);
        Must((key is null) == (fault.Length > 0), "a key, or why there is none");
        return key is null ? Shape(fault) : key.Public.SchemeName;
    }

    private static string PublicKeys(ReadOnlyMemory<byte> input)
    {
        TrustKey? key = PublicKeyFile.Read(Encoding.UTF8.GetString(input.Span));
        Must(key is null || PublicKeyFile.Read(PublicKeyFile.Write(key))?.Id == key.Id, "what is accepted survives being written");
        return $"{key?.SchemeName} {key?.Material.Length}";
    }

    private static string Policies(ReadOnlyMemory<byte> input)
    {
        PolicyReadResult result = PolicyReader.Read(Encoding.UTF8.GetString(input.Span), "policy", new NoUsers());
        Must((result.Document is null) == (result.Faults.Length > 0), "a policy, or why there is none");
        return result.Document is { } policy ? $"{policy.Rules.Length} rules" : string.Join(';', result.Faults.Take(3).Select(static fault => Shape(fault.Message)));
    }

    private sealed class NoUsers : IUserDirectory
    {
        public uint? FindUserId(string name) => name == "root" ? 0 : null;
    }
}
