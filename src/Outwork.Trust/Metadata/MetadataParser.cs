using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Outwork.Trust.Json;
using Outwork.Trust.Workflow;

namespace Outwork.Trust.Metadata;

/// <summary>
/// Reads metadata files. Bytes of any content are read in bounded time and never throw. Members that are not known are ignored and still
/// count in the signature; what is known must be as the specification says.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public static class MetadataParser
{
    private const string SupportedMajorVersion = "1";

    // Two members of one name are read differently by different readers: what one verifies another would obey. In canonical form there are none.
    private static readonly JsonDocumentOptions Canonical = new() { AllowDuplicateProperties = true, MaxDepth = CanonicalCheck.MaxDepth };
    private static readonly JsonDocumentOptions Any = new() { AllowDuplicateProperties = false, MaxDepth = CanonicalCheck.MaxDepth };

    /// <summary>Reads a root file; null with the fault.</summary>
    public static SignedMetadata<RootMetadata>? Root(ReadOnlyMemory<byte> bytes, out MetadataFault? fault) =>
        Read(bytes, RoleName.Root, RootReader.Read, out fault);

    /// <summary>Reads a timestamp file; null with the fault.</summary>
    public static SignedMetadata<TimestampMetadata>? Timestamp(ReadOnlyMemory<byte> bytes, out MetadataFault? fault) =>
        Read(bytes, RoleName.Timestamp, SnapshotReader.ReadTimestamp, out fault);

    /// <summary>Reads a snapshot file; null with the fault.</summary>
    public static SignedMetadata<SnapshotMetadata>? Snapshot(ReadOnlyMemory<byte> bytes, out MetadataFault? fault) =>
        Read(bytes, RoleName.Snapshot, SnapshotReader.Read, out fault);

    /// <summary>Reads the file of a targets role, whatever its name; null with the fault.</summary>
    public static SignedMetadata<TargetsMetadata>? Targets(ReadOnlyMemory<byte> bytes, out MetadataFault? fault) =>
        Read(bytes, RoleName.Targets, TargetsReader.Read, out fault);

    private static SignedMetadata<T>? Read<T>(
        ReadOnlyMemory<byte> bytes, string type, Func<FieldReader, JsonElement, long, DateTimeOffset, T?> readContent, out MetadataFault? fault)
        where T : MetadataContent
    {
        fault = null;
        if (!Utf8.IsValid(bytes.Span))
        {
            fault = new MetadataFault(TrustRefusalCode.MalformedMetadata, "", "it is no UTF-8");
            return null;
        }

        bool isCanonical = CanonicalCheck.IsCanonical(bytes.Span);
        using JsonDocument? document = Parse(bytes, isCanonical ? Canonical : Any, out fault);
        return document is null ? null : Read(bytes, document.RootElement, isCanonical, type, readContent, out fault);
    }

    private static JsonDocument? Parse(ReadOnlyMemory<byte> bytes, JsonDocumentOptions options, out MetadataFault? fault)
    {
        fault = null;
        try
        {
            return JsonDocument.Parse(bytes, options);
        }
        catch (JsonException wrong)
        {
            fault = new MetadataFault(TrustRefusalCode.MalformedMetadata, "", $"it is no JSON, or has one member twice (line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine})");
        }
        catch (InvalidOperationException)
        {
            // The framework's answer to a lone surrogate in a member's name, which it compares with the others.
            fault = new MetadataFault(TrustRefusalCode.MalformedMetadata, "", "the name of a member is no Unicode text");
        }

        return null;
    }

    private static SignedMetadata<T>? Read<T>(
        ReadOnlyMemory<byte> bytes, JsonElement file, bool isCanonical, string type, Func<FieldReader, JsonElement, long, DateTimeOffset, T?> readContent, out MetadataFault? fault)
        where T : MetadataContent
    {
        var reader = new FieldReader();
        JsonElement signed = reader.Member(file, "signed", JsonValueKind.Object, "");
        fault = reader.Fault;
        if (fault is not null)
            return null;
        if (TryFindCanonical(signed, bytes, isCanonical, out ReadOnlyMemory<byte> canonical) is { } noForm)
        {
            fault = new MetadataFault(TrustRefusalCode.MalformedMetadata, "signed", noForm);
            return null;
        }

        List<MetadataSignature> signatures = ReadSignatures(reader, file);
        CheckType(reader, signed, type);
        long version = reader.Integer(signed, "version", least: 1, "signed");
        DateTimeOffset expires = reader.Time(signed, "expires", "signed");
        T? content = reader.Fault is null ? readContent(reader, signed, version, expires) : null;
        fault = reader.Fault;
        return fault is not null || content is null
            ? null
            : new SignedMetadata<T> { Content = content, Canonical = canonical, Signatures = signatures, Bytes = bytes };
    }

    // Null, or what has no canonical form.
    private static string? TryFindCanonical(JsonElement signed, ReadOnlyMemory<byte> bytes, bool isCanonical, out ReadOnlyMemory<byte> canonical)
    {
        if (isCanonical && bytes.Span.Overlaps(JsonMarshal.GetRawUtf8Value(signed), out int at))
        {
            canonical = bytes.Slice(at, JsonMarshal.GetRawUtf8Value(signed).Length);
            return null;
        }

        var written = new ArrayBufferWriter<byte>(bytes.Length);
        string? fault = CanonicalJson.TryWrite(signed, written);
        canonical = written.WrittenMemory;
        return fault;
    }

    private static void CheckType(FieldReader reader, JsonElement signed, string type)
    {
        string actual = reader.Text(signed, "_type", "signed");
        if (reader.Fault is null && !string.Equals(actual, type, StringComparison.Ordinal))
            reader.Refuse("signed._type", $"it is of another kind than {type}", TrustRefusalCode.WrongType);
        string specification = reader.Text(signed, "spec_version", "signed");
        if (reader.Fault is null && specification.Split('.')[0] is not SupportedMajorVersion)
            reader.Refuse("signed.spec_version", "is not of version 1 of the specification", TrustRefusalCode.UnsupportedSpecification);
    }

    private static List<MetadataSignature> ReadSignatures(FieldReader reader, JsonElement file)
    {
        var signatures = new List<MetadataSignature>();
        JsonElement list = reader.Member(file, "signatures", JsonValueKind.Array, "");
        if (reader.Fault is not null)
            return signatures;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement item in list.EnumerateArray())
        {
            string keyId = reader.Text(item, "keyid", "signatures");
            string value = reader.Text(item, "sig", "signatures");
            if (reader.Fault is null && !names.Add(keyId))
                reader.Refuse("signatures", "one key's name is there twice (specification 4.2.1)");
            if (reader.Fault is not null)
                break;
            signatures.Add(new MetadataSignature(keyId, FromHexadecimal(value)));
        }

        return signatures;
    }

    // One signature that is none must not spoil the others: it verifies as nothing.
    private static byte[] FromHexadecimal(string text)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
