namespace Outwork.Products.ExecGuard.Lists;

/// <summary>An immutable list of SHA-256, sorted. Thread-safe until disposed.</summary>
internal sealed class HashList : IDisposable
{
    private readonly HashListMemory _memory;

    /// <summary>Takes over the entries, in any order.</summary>
    public HashList(string name, HashListMemory entries)
    {
        Name = name;
        _memory = entries;
        _memory.Trim();
        if (_memory.Count > 0)
            _memory.Entries.Sort(default(HashListEntry.Order));
    }

    /// <summary>The file it came from, relative to the content directory.</summary>
    public string Name { get; }

    /// <summary>Entries, duplicates included.</summary>
    public int Count => _memory.Count;

    /// <summary>Memory held, bytes.</summary>
    public unsafe long MemoryBytes => (long)Count * sizeof(HashListEntry);

    /// <summary>
    /// The line, counted from 1, of the first entry with the digest; 0 when there is none. SHA-256 is uniform, so the
    /// digest's first bits tell its place but for about the square root of the count; from there it is searched outwards
    /// in doubling steps, so that a list made to mislead costs twice a binary search and no more.
    /// </summary>
    public uint Find(in Sha256Digest digest)
    {
        if (_memory.Count == 0)
            return 0;
        ReadOnlySpan<HashListEntry> entries = _memory.Entries;
        int guess = (int)Math.BigMul(digest.A, (ulong)entries.Length, out _);
        int low, high; // The first entry that is not less than the digest is in [low, high].
        if (Sha256Digest.Compare(entries[guess].Digest, digest) < 0)
        {
            low = guess + 1;
            high = entries.Length;
            for (int step = 64; low + step < entries.Length; step <<= 1)
            {
                if (Sha256Digest.Compare(entries[low + step].Digest, digest) >= 0)
                {
                    high = low + step;
                    break;
                }

                low += step + 1;
            }
        }
        else
        {
            low = 0;
            high = guess;
            for (int step = 64; high - step >= 0; step <<= 1)
            {
                if (Sha256Digest.Compare(entries[high - step].Digest, digest) < 0)
                {
                    low = high - step + 1;
                    break;
                }

                high -= step;
            }
        }

        while (low < high)
        {
            int middle = low + ((high - low) >> 1);
            if (Sha256Digest.Compare(entries[middle].Digest, digest) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low < entries.Length && entries[low].Digest == digest ? entries[low].Line : 0;
    }

    public void Dispose() => _memory.Dispose();
}
