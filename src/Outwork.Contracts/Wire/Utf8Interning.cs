using System.Text;

namespace Outwork.Contracts.Wire;

/// <summary>
/// Turns bytes from a frame into strings and hands out the same string when the same bytes come again, as paths and
/// reasons do. Bounded: 128 strings of at most 512 bytes. Not thread-safe: one per reading thread.
/// </summary>
public sealed class Utf8Interning
{
    private const int Slots = 128;
    private readonly (byte[] Bytes, string Text)[] _slots = new (byte[], string)[Slots];

    /// <summary>Decodes; bytes that are no UTF-8 become U+FFFD.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return "";
        if (utf8.Length > FrameLimits.MaxText)
            return Encoding.UTF8.GetString(utf8);
        uint hash = 2166136261; // FNV-1a over at most 512 bytes: a collision costs one string, nothing else.
        foreach (byte b in utf8)
            hash = (hash ^ b) * 16777619;
        ref (byte[] Bytes, string Text) slot = ref _slots[(hash ^ (hash >> 16)) % Slots];
        if (slot.Bytes is null || !utf8.SequenceEqual(slot.Bytes))
            slot = (utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        return slot.Text;
    }

    /// <summary>As <see cref="Get"/>, cut to <paramref name="maximum"/> bytes at a character's end.</summary>
    public string Get(ReadOnlySpan<byte> utf8, int maximum)
    {
        if (utf8.Length > maximum)
        {
            int end = maximum;
            while (end > maximum - 4 && (utf8[end] & 0xC0) == 0x80)
                end--;
            utf8 = utf8[..end];
        }

        return Get(utf8);
    }
}
