using System.Text;

namespace Outwork.Broker.Processes;

/// <summary>
/// Strings for byte sequences that come again and again (paths of programs, working directories): a direct-mapped cache,
/// so that it cannot grow and needs no eviction. One thread.
/// </summary>
internal sealed class TextCache
{
    private const int MaxBytes = 512;
    private readonly Slot[] _slots;

    public TextCache(int slots = 1_024) => _slots = new Slot[slots];

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return "";
        if (utf8.Length > MaxBytes)
            return Encoding.UTF8.GetString(utf8);
        HashCode hash = default;
        hash.AddBytes(utf8);
        ref Slot slot = ref _slots[(uint)hash.ToHashCode() % (uint)_slots.Length];
        if (slot.Text is not null && utf8.SequenceEqual(slot.Utf8))
            return slot.Text;
        slot = new Slot(utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        return slot.Text!;
    }

    private readonly record struct Slot(byte[]? Utf8, string? Text);
}
