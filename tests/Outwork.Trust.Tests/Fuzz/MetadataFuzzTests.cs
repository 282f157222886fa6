using System.Diagnostics;
using Outwork.Trust.Metadata;
using Outwork.Trust.Tests.Simulation;
using static Outwork.Trust.Tests.Simulation.SimulatedRepository;

namespace Outwork.Trust.Tests.Fuzz;

/// <summary>Bytes of any content, read as each kind of metadata: never an exception, never long, and of two answers always one.</summary>
public sealed class MetadataFuzzTests
{
    private const int RoundsPerSeed = 4_000;
    private static readonly string Corpus = Path.Join(SourceTree.Root, "testassets", "fuzz", "metadata");

    [Fact]
    public void Corpus_is_read_or_refused_as_its_names_say()
    {
        string[] files = Directory.GetFiles(Corpus, "*.json");
        Assert.True(files.Length > 15);
        foreach (string file in files)
        {
            bool accepted = Path.GetFileName(file).StartsWith("accepted-", StringComparison.Ordinal);
            Assert.True(accepted == (ReadAll(File.ReadAllBytes(file)) > 0), file);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20261121)]
    public void Mutated_metadata_never_throws_nor_takes_long(int seed)
    {
        var random = new Random(seed);
        byte[][] seeds = [.. Directory.GetFiles(Corpus, "*.json").Select(File.ReadAllBytes), .. Published()];
        int read = 0;
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < RoundsPerSeed; round++)
            read += ReadAll(Mutate(seeds[random.Next(seeds.Length)], random, seeds)) > 0 ? 1 : 0;
        // Mutation after which nothing is read would test one if.
        Assert.InRange(read, RoundsPerSeed / 50, RoundsPerSeed * 49 / 50);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1));
    }

    private static int ReadAll(byte[] bytes)
    {
        bool[] results =
        [
            IsRead(MetadataParser.Root(bytes, out MetadataFault? fault), fault),
            IsRead(MetadataParser.Timestamp(bytes, out fault), fault),
            IsRead(MetadataParser.Snapshot(bytes, out fault), fault),
            IsRead(MetadataParser.Targets(bytes, out fault), fault),
        ];
        return results.Count(static result => result);
    }

    private static bool IsRead(object? metadata, MetadataFault? fault)
    {
        Assert.True(metadata is null != fault is null);
        return metadata is not null;
    }

    private static byte[] Mutate(byte[] seed, Random random, byte[][] seeds)
    {
        byte[] bytes = [.. seed];
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = bytes.Length == 0 ? 0 : random.Next(bytes.Length);
            int to = Math.Min(bytes.Length, at + random.Next(40));
            switch (random.Next(7))
            {
                case 0 when bytes.Length > 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes = [.. bytes[..at], .. bytes[to..]];
                    break;
                case 2:
                    bytes = [.. bytes[..to], .. bytes[at..]];
                    break;
                case 3:
                    string[] words = ["null", "{}", "[]", "\"\"", "-1", "0", "1e9", "99999999999999999999", "\\ud800", "\"\\u0000\"", "true", ",", ":", "}", "]"];
                    bytes = [.. bytes[..at], .. System.Text.Encoding.ASCII.GetBytes(words[random.Next(words.Length)]), .. bytes[to..]];
                    break;
                case 4:
                    byte[] other = seeds[random.Next(seeds.Length)];
                    int from = other.Length == 0 ? 0 : random.Next(other.Length);
                    bytes = [.. bytes[..at], .. other[from..Math.Min(other.Length, from + random.Next(200))], .. bytes[at..]];
                    break;
                case 5 when bytes.Length > 0:
                    // A digit for a digit keeps the shape.
                    int digit = Array.FindIndex(bytes, at, static unit => unit is >= (byte)'0' and <= (byte)'9');
                    if (digit >= 0)
                        bytes[digit] = (byte)('0' + random.Next(10));
                    break;
                default:
                    bytes = [.. bytes[..at], .. Enumerable.Repeat((byte)"[{"[random.Next(2)], random.Next(200)), .. bytes[at..]];
                    break;
            }
        }

        return bytes;
    }

    private static IEnumerable<byte[]> Published()
    {
        var repository = new SimulatedRepository(ConformanceCase.Start) { SaysHashes = true };
        repository.Delegate(Targets, "a", ["a/*"]);
        repository.Delegate("a", "b", [], hashPrefixes: ["00"]);
        repository.DelegateToBins("b", 2, "bin");
        repository.AddFile("a", "content"u8.ToArray(), "a/file");
        repository.Publish("a", "b", Targets, Snapshot, Timestamp);
        return repository.Published.Values.Select(static files => files[^1]);
    }
}
