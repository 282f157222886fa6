using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Outwork.Content.Packages;

namespace Outwork.Content.Store;

/// <summary><c>state.json</c>: <c>{"sha256":DIGEST OF THE NEXT VALUE'S BYTES,"state":{…}}</c> and a line feed.</summary>
internal static class ProductStateCodec
{
    /// <summary>The longest state, in bytes: as many denied versions as there may be, with the longest of reasons, each character of it escaped.</summary>
    public const int MaximumLength = 4 * 1024 * 1024;

    /// <summary>The bytes of a state.</summary>
    public static byte[] Write(ProductContentState state)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(state, ContentStoreJson.Default.ProductContentState);
        byte[] head = Encoding.ASCII.GetBytes($$"""{"sha256":"{{Convert.ToHexStringLower(SHA256.HashData(json))}}","state":""");
        return [.. head, .. json, .. "}\n"u8];
    }

    /// <summary>The state, or null and why it is none.</summary>
    public static ProductContentState? Read(ReadOnlySpan<byte> bytes, out string fault)
    {
        fault = "";
        try
        {
            if (JsonSerializer.Deserialize(bytes, ContentStoreJson.Default.StateEnvelope) is not { } envelope)
            {
                fault = "there is nothing in it";
                return null;
            }

            byte[] json = Encoding.UTF8.GetBytes(envelope.State.GetRawText());
            if (Convert.ToHexStringLower(SHA256.HashData(json)) != envelope.Sha256)
                fault = "its digest is wrong";
            else if (JsonSerializer.Deserialize(json, ContentStoreJson.Default.ProductContentState) is not { } state)
                fault = "there is no state in it";
            else if (state.Format != 1)
                fault = $"format {state.Format} is not known here";
            else
            {
                // One state has one form.
                fault = bytes.SequenceEqual(Write(state)) ? "" : "it is not as the store writes it";
                if (fault.Length != 0)
                    return null;
                fault = state.Fault() ?? FaultOf(state.A) ?? FaultOf(state.B) ?? (state.Denied.Any(static denied => denied is null) ? "a denied version is none" : "");
                return fault.Length == 0 ? state : null;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            fault = "it is not what the store writes";
        }

        return null;
    }

    private static string? FaultOf(SlotRecord? record) => record switch
    {
        null => null,
        _ when !Enum.IsDefined(record.Phase) => "a slot's phase is not known",
        _ when !ManifestFields.IsDigest(record.Sha256) || !ManifestFields.IsDigest(record.ManifestSha256) => "a slot's digest is none",
        _ when !PackageVersion.TryParse(record.Version, out _) => "a slot's version is none",
        _ => record.DiskBytes < 0 ? "a slot's size is negative" : null,
    };
}
