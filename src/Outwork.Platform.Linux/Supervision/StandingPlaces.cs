using System.Buffers.Binary;
using System.Text;
using Outwork.Broker.Sessions;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>
/// The standings of products in a <see cref="VerdictMemoryFile"/>: two places each, written in turn, so that a broker killed in the middle
/// of one leaves the one before it. A lost one would be a product trusted again. One thread.
/// </summary>
/// <remarks>
/// A record's key counts the product's records; the greater one is the newer. Its content, little-endian: i64 demoted since (ns since
/// 1970), i64 forgiven at, i32 demotions, good answers, misses, pause, shortest pause (ms), u32 1 when demoted, the name.
/// </remarks>
internal sealed unsafe class StandingPlaces(uint* count, byte* places)
{
    private const int FixedLength = 40, PlaceLength = VerdictMemoryDescriptor.StandingLength, Most = VerdictMemoryDescriptor.StandingPlaces;
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly ulong[] _written = new ulong[Most];

    /// <summary>Keeps one. A product more than there are places is not kept.</summary>
    public void Keep(in StoredStanding standing)
    {
        if (!_indices.TryGetValue(standing.Product, out int index))
        {
            if (_indices.Count == Most || Encoding.UTF8.GetByteCount(standing.Product) > PlaceLength - MemoryRecord.Header - FixedLength)
                return;
            index = _indices.Count;
            _indices.Add(standing.Product, index);
            Volatile.Write(ref *count, (uint)_indices.Count);
        }
        Span<byte> content = stackalloc byte[PlaceLength - MemoryRecord.Header];
        int length = Encode(standing, content);
        ulong next = ++_written[index];
        MemoryRecord.Write(Place(index, next), next, content[..length]);
    }

    /// <summary>Those that were kept. To be called before the first is kept.</summary>
    public IReadOnlyList<StoredStanding> Read()
    {
        List<StoredStanding> found = [];
        _indices.Clear();
        // Not trusted: an earlier broker may have written anything.
        int used = (int)Math.Min(Volatile.Read(ref *count), Most);
        for (int i = 0; i < used; i++)
        {
            StoredStanding? latest = null;
            _written[i] = 0;
            for (ulong turn = 0; turn < 2; turn++)
            {
                if (!MemoryRecord.TryRead(Place(i, turn), out ulong number, out ReadOnlySpan<byte> content) || !TryDecode(content, out StoredStanding standing))
                    continue;
                if (latest is null || number > _written[i])
                    (latest, _written[i]) = (standing, number);
            }
            // An index belongs to a product for as long as the memory lasts, one without a product to nobody.
            if (latest is { } known && _indices.TryAdd(known.Product, i))
                found.Add(known);
            else
                _indices.Add($"\0{i}", i);
        }
        return found;
    }

    private static int Encode(in StoredStanding standing, Span<byte> content)
    {
        BinaryPrimitives.WriteInt64LittleEndian(content, standing.DemotedSinceUnixNs);
        BinaryPrimitives.WriteInt64LittleEndian(content[8..], standing.ForgivenAt);
        BinaryPrimitives.WriteInt32LittleEndian(content[16..], standing.Demotions);
        BinaryPrimitives.WriteInt32LittleEndian(content[20..], standing.GoodAnswers);
        BinaryPrimitives.WriteInt32LittleEndian(content[24..], standing.Misses);
        BinaryPrimitives.WriteInt32LittleEndian(content[28..], standing.PauseMs);
        BinaryPrimitives.WriteInt32LittleEndian(content[32..], standing.ShortestPauseMs);
        BinaryPrimitives.WriteUInt32LittleEndian(content[36..], standing.IsDemoted ? 1u : 0);
        return FixedLength + Encoding.UTF8.GetBytes(standing.Product, content[FixedLength..]);
    }

    private static bool TryDecode(ReadOnlySpan<byte> content, out StoredStanding standing)
    {
        standing = default;
        if (content.Length <= FixedLength)
            return false;
        standing = new StoredStanding(
            Encoding.UTF8.GetString(content[FixedLength..]),
            BinaryPrimitives.ReadUInt32LittleEndian(content[36..]) != 0,
            BinaryPrimitives.ReadInt64LittleEndian(content),
            BinaryPrimitives.ReadInt32LittleEndian(content[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(content[20..]),
            BinaryPrimitives.ReadInt32LittleEndian(content[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(content[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(content[28..]),
            BinaryPrimitives.ReadInt32LittleEndian(content[32..]));
        return true;
    }

    private Span<byte> Place(int index, ulong turn) => new(places + (((index * 2) + (int)(turn & 1)) * PlaceLength), PlaceLength);
}
