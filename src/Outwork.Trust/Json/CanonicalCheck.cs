using System.Text.Json;

namespace Outwork.Trust.Json;

/// <summary>
/// Finds out in one pass whether JSON stands in its canonical form already, as most publishers write it: what is signed is then the bytes
/// received, and no member is there twice.
/// </summary>
/// <remarks>Thread-safe. Says no where it is not sure: an escape other than those of quote and backslash, a name with an escape.</remarks>
internal static class CanonicalCheck
{
    /// <summary>Deepest nesting that is looked at.</summary>
    public const int MaxDepth = 64;

    private const byte Backslash = (byte)'\\';
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>True when the canonical form of these bytes is these bytes, and so of every value in them.</summary>
    /// <param name="json">Of any content; valid UTF-8.</param>
    public static bool IsCanonical(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Options);
        Span<Level> levels = stackalloc Level[MaxDepth + 1];
        int depth = 0;
        // What the tokens and the separators between them take: any more is white space.
        long length = 0;
        try
        {
            while (reader.Read())
            {
                ref Level level = ref levels[depth];
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        length += 1 + level.Separator();
                        levels[++depth] = default;
                        continue;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        length++;
                        depth--;
                        continue;
                    case JsonTokenType.PropertyName:
                        if (reader.ValueIsEscaped || !level.Takes(json, (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length))
                            return false;
                        // With quotes and colon.
                        length += reader.ValueSpan.Length + 3;
                        continue;
                    case JsonTokenType.String:
                        if (reader.ValueIsEscaped && !HasOnlyNeededEscapes(reader.ValueSpan))
                            return false;
                        length += reader.ValueSpan.Length + 2;
                        break;
                    case JsonTokenType.Number:
                        if (reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0 || reader.ValueSpan.SequenceEqual("-0"u8))
                            return false;
                        length += reader.ValueSpan.Length;
                        break;
                    default:
                        length += reader.ValueSpan.Length;
                        break;
                }

                length += level.Separator();
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return length == json.Length;
    }

    private static bool HasOnlyNeededEscapes(ReadOnlySpan<byte> text)
    {
        while (text.IndexOf(Backslash) is >= 0 and int at)
        {
            if (text[at + 1] is not (Backslash or (byte)'"'))
                return false;
            text = text[(at + 2)..];
        }

        return true;
    }

    /// <summary>An object or array that is open: its latest name, and whether a value came.</summary>
    private struct Level
    {
        private int _nameStart;
        private int _nameLength;
        private bool _hasName;
        private bool _hasValue;

        /// <summary>A name; false when it is not above the one before.</summary>
        public bool Takes(ReadOnlySpan<byte> json, int start, int length)
        {
            bool isAbove = !_hasName || json.Slice(_nameStart, _nameLength).SequenceCompareTo(json.Slice(start, length)) < 0;
            (_nameStart, _nameLength, _hasName) = (start, length, true);
            return isAbove;
        }

        /// <summary>A value; the bytes of the comma before it.</summary>
        public int Separator()
        {
            int comma = _hasValue ? 1 : 0;
            _hasValue = true;
            return comma;
        }
    }
}
