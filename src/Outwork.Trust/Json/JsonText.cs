using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Outwork.Trust.Json;

/// <summary>Strings of a parsed document. What is no Unicode text (a lone surrogate) is refused, as it has no canonical form.</summary>
internal static class JsonText
{
    private const byte Backslash = (byte)'\\';
    private const int HexDigitsOfEscape = 4;

    /// <summary>The text of a JSON string; null when the value is none or is no Unicode text.</summary>
    public static string? Of(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return null;
        ReadOnlySpan<byte> raw = WithoutQuotes(value);
        if (!raw.Contains(Backslash))
            return Encoding.UTF8.GetString(raw);
        return TryUnescape(raw, out byte[]? text) ? Encoding.UTF8.GetString(text!) : null;
    }

    /// <summary>The name of a member in UTF-8; as it was received when it is no Unicode text.</summary>
    public static ReadOnlySpan<byte> NameOf(JsonProperty member)
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8PropertyName(member);
        return raw.Contains(Backslash) && TryUnescape(raw, out byte[]? text) ? text : raw;
    }

    /// <summary>What is between the quotes, escapes as they were received.</summary>
    public static ReadOnlySpan<byte> WithoutQuotes(JsonElement value) => JsonMarshal.GetRawUtf8Value(value)[1..^1];

    /// <summary>Resolves escapes; false for a lone surrogate. The parser has seen to it that each escape is one.</summary>
    public static bool TryUnescape(ReadOnlySpan<byte> raw, out byte[]? text)
    {
        text = null;
        var result = new ArrayBufferWriter<byte>(Math.Max(1, raw.Length));
        Span<byte> encoded = stackalloc byte[4];
        while (!raw.IsEmpty)
        {
            int escape = raw.IndexOf(Backslash);
            if (escape < 0)
            {
                result.Write(raw);
                break;
            }

            result.Write(raw[..escape]);
            raw = raw[escape..];
            if (raw[1] != (byte)'u')
            {
                result.Write([Simple(raw[1])]);
                raw = raw[2..];
                continue;
            }

            if (!TryReadRune(ref raw, out Rune rune))
                return false;
            result.Write(encoded[..rune.EncodeToUtf8(encoded)]);
        }

        text = result.WrittenSpan.ToArray();
        return true;
    }

    private static byte Simple(byte escaped) => escaped switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => escaped,
    };

    private static bool TryReadRune(ref ReadOnlySpan<byte> raw, out Rune rune)
    {
        char first = ReadUnit(ref raw);
        if (Rune.TryCreate(first, out rune))
            return true;
        return char.IsHighSurrogate(first) && raw.Length > HexDigitsOfEscape + 1 && raw[0] == Backslash && raw[1] == (byte)'u'
            && Rune.TryCreate(first, ReadUnit(ref raw), out rune);
    }

    private static char ReadUnit(ref ReadOnlySpan<byte> raw)
    {
        var unit = (char)ushort.Parse(raw.Slice(2, HexDigitsOfEscape), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        raw = raw[(2 + HexDigitsOfEscape)..];
        return unit;
    }
}
