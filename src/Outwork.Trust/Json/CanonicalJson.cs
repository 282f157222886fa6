using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Outwork.Trust.Json;

/// <summary>
/// The form of JSON that signatures are made over (http://wiki.laptop.org/go/Canonical_JSON, as TUF's reference implementation writes it):
/// members sorted by code point, no white space, integers only, and in strings nothing escaped but the quote and the backslash.
/// </summary>
/// <remarks>Thread-safe. The result is bytes for a signature and not always JSON: a control character stands there as it is.</remarks>
public static class CanonicalJson
{
    private const byte Quote = (byte)'"';
    private const byte Backslash = (byte)'\\';

    /// <summary>Writes the canonical form of a value.</summary>
    /// <param name="value">The value, of a document that was parsed from valid UTF-8.</param>
    /// <param name="output">Where the bytes go; of no use when the value has no canonical form.</param>
    /// <returns>What has no canonical form: a number with a fraction or an exponent, a lone surrogate. Null when all is written.</returns>
    public static string? TryWrite(JsonElement value, IBufferWriter<byte> output)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                return TryWriteObject(value, output);
            case JsonValueKind.Array:
                return TryWriteArray(value, output);
            case JsonValueKind.String:
                return TryWriteString(JsonText.WithoutQuotes(value), output);
            case JsonValueKind.Number:
                return TryWriteNumber(JsonMarshal.GetRawUtf8Value(value), output);
            case JsonValueKind.True:
                output.Write("true"u8);
                return null;
            case JsonValueKind.False:
                output.Write("false"u8);
                return null;
            default:
                output.Write("null"u8);
                return null;
        }
    }

    private static string? TryWriteArray(JsonElement value, IBufferWriter<byte> output)
    {
        output.Write("["u8);
        bool isFirst = true;
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (!isFirst)
                output.Write(","u8);
            isFirst = false;
            if (TryWrite(item, output) is { } fault)
                return fault;
        }

        output.Write("]"u8);
        return null;
    }

    private static string? TryWriteObject(JsonElement value, IBufferWriter<byte> output)
    {
        var members = new Member[value.GetPropertyCount()];
        int count = 0;
        bool isSorted = true;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            var member = new Member(property);
            if (member.HasNoText)
                return "the name of a member is no Unicode text";
            if (count > 0 && members[count - 1].Name.SequenceCompareTo(member.Name) > 0)
                isSorted = false;
            members[count++] = member;
        }

        // Most repositories write their members in order.
        if (!isSorted)
            Array.Sort(members, static (one, other) => one.Name.SequenceCompareTo(other.Name));
        output.Write("{"u8);
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
                output.Write(","u8);
            WriteText(members[i].Name, output);
            output.Write(":"u8);
            if (TryWrite(members[i].Value, output) is { } fault)
                return fault;
        }

        output.Write("}"u8);
        return null;
    }

    private static string? TryWriteString(ReadOnlySpan<byte> raw, IBufferWriter<byte> output)
    {
        if (!raw.Contains(Backslash))
        {
            WriteText(raw, output);
            return null;
        }

        if (!JsonText.TryUnescape(raw, out byte[]? text))
            return "a string is no Unicode text";
        WriteText(text, output);
        return null;
    }

    private static void WriteText(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        output.Write([Quote]);
        while (text.IndexOfAny(Quote, Backslash) is >= 0 and int special)
        {
            output.Write(text[..special]);
            output.Write([Backslash, text[special]]);
            text = text[(special + 1)..];
        }

        output.Write(text);
        output.Write([Quote]);
    }

    private static string? TryWriteNumber(ReadOnlySpan<byte> raw, IBufferWriter<byte> output)
    {
        if (raw.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0)
            return "a number is no integer";
        output.Write(raw.SequenceEqual("-0"u8) ? "0"u8 : raw);
        return null;
    }

    /// <summary>A member by its name without escapes. Bytes of UTF-8 sort as the code points do; UTF-16 does not.</summary>
    private readonly struct Member
    {
        private readonly JsonProperty _property;
        private readonly byte[]? _unescaped;

        public Member(JsonProperty property)
        {
            _property = property;
            ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8PropertyName(property);
            if (raw.Contains(Backslash))
                HasNoText = !JsonText.TryUnescape(raw, out _unescaped);
        }

        public bool HasNoText { get; }

        public ReadOnlySpan<byte> Name => _unescaped ?? JsonMarshal.GetRawUtf8PropertyName(_property);

        public JsonElement Value => _property.Value;
    }
}
