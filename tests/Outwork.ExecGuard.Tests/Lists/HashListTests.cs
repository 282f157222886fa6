using System.Security.Cryptography;
using Outwork.ExecGuard.Tests.Support;
using Outwork.Products.ExecGuard.Lists;

namespace Outwork.ExecGuard.Tests.Lists;

public sealed class HashListTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(1000)]
    [InlineData(50_000)]
    public void Every_entry_is_found_with_its_line_and_nothing_else(int count)
    {
        var random = new Random(count);
        (HashList list, Sha256Digest[] digests) = Make(count, () => Digest(random));
        using (list)
        {
            for (int i = 0; i < count; i++)
                Assert.Equal((uint)i + 1, list.Find(digests[i]));
            for (int i = 0; i < 1000; i++)
                Assert.Equal(0u, list.Find(Digest(random)));
            foreach (Sha256Digest near in digests.SelectMany(d => new[] { d with { D = d.D + 1 }, d with { D = d.D - 1 } }))
                Assert.Equal(0u, list.Find(near));
        }
    }

    [Theory]
    [InlineData(0UL, 0UL)]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    [InlineData(0UL, ulong.MaxValue)]
    public void A_list_made_to_mislead_the_guess_is_searched_correctly(ulong first, ulong second)
    {
        // All in one place of the number line, or at its two ends: the guess is as wrong as it can be.
        const int Count = 10_000;
        ulong next = 0;
        (HashList list, Sha256Digest[] digests) = Make(Count, () => new Sha256Digest(next % 2 == 0 ? first : second, 7, 7, next++ * 3));
        using (list)
        {
            for (int i = 0; i < Count; i++)
                Assert.Equal((uint)i + 1, list.Find(digests[i]));
            Assert.Equal(0u, list.Find(new Sha256Digest(first, 7, 7, 1)));
            Assert.Equal(0u, list.Find(new Sha256Digest(first ^ 1, 0, 0, 0)));
            Assert.Equal(0u, list.Find(new Sha256Digest(1UL << 63, 0, 0, 0)));
        }
    }

    [Fact]
    public void Of_duplicates_the_first_line_is_told()
    {
        (HashList list, Sha256Digest[] digests) = Make(500, () => new Sha256Digest(5, 5, 5, 5));
        using (list)
            Assert.Equal(1u, list.Find(digests[0]));
    }

    [Fact]
    public void A_million_entries_take_36_bytes_each_and_are_given_back()
    {
        const int Count = 1_000_000;
        const long MiB = 1 << 20;
        long before = ResidentMemory.Now();
        var random = new Random(7);
        var samples = new List<(Sha256Digest Digest, uint Line)>();
        var memory = new HashListMemory();
        for (uint line = 1; line <= Count; line++)
        {
            Sha256Digest digest = Digest(random);
            memory.Add(new HashListEntry(digest, line));
            if (line % 1000 == 0)
                samples.Add((digest, line));
        }

        using (var list = new HashList("deny.sha256", memory))
        {
            long held = ResidentMemory.Now() - before;
            Assert.Equal(36L * Count, list.MemoryBytes);
            Assert.InRange(held, 30 * MiB, (36L * Count) + (6 * MiB));
            foreach ((Sha256Digest digest, uint line) in samples)
                Assert.Equal(line, list.Find(digest));
        }

        Assert.InRange(ResidentMemory.Now() - before, -100 * MiB, 6 * MiB);
    }

    [Fact]
    public void Digests_are_compared_as_their_bytes()
    {
        byte[] low = SHA256.HashData([1]);
        byte[] high = SHA256.HashData([2]);
        int expected = Math.Sign(low.AsSpan().SequenceCompareTo(high));
        Assert.Equal(expected, Math.Sign(Sha256Digest.Compare(Sha256Digest.From(low), Sha256Digest.From(high))));
        Assert.Equal(Convert.ToHexStringLower(low), Sha256Digest.From(low).ToString());
    }

    private static (HashList List, Sha256Digest[] Digests) Make(int count, Func<Sha256Digest> next)
    {
        var memory = new HashListMemory();
        var digests = new Sha256Digest[count];
        for (int i = 0; i < count; i++)
        {
            digests[i] = next();
            memory.Add(new HashListEntry(digests[i], (uint)i + 1));
        }

        return (new HashList("deny.sha256", memory), digests);
    }

    private static Sha256Digest Digest(Random random) => new(Word(random), Word(random), Word(random), Word(random));

    private static ulong Word(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue);
}
