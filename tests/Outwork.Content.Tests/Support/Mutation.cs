using System.Diagnostics;
using System.Text;

namespace Outwork.Content.Tests.Support;

/// <summary>Changes bytes at random, from a seed.</summary>
internal sealed class Mutation(int seed, params string[] dictionary)
{
    private readonly Random _random = new(seed);
    private readonly byte[][] _dictionary = [.. dictionary.Select(Encoding.UTF8.GetBytes)];

    public int Next(int below) => _random.Next(below);

    /// <summary>As many as asked for, or for as long as <c>OUTWORK_FUZZ_SECONDS</c> says.</summary>
    public IEnumerable<byte[]> Of(byte[][] corpus, int rounds)
    {
        long seconds = long.TryParse(Environment.GetEnvironmentVariable("OUTWORK_FUZZ_SECONDS"), out long asked) ? asked : 0;
        long started = Stopwatch.GetTimestamp();
        for (int round = 0; round < rounds || Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; round++)
            yield return round < corpus.Length ? corpus[round] : Mutate(corpus[_random.Next(corpus.Length)], corpus);
    }

    /// <summary>Makes the checksum of everything that looks like a header right, so that mutated headers are looked at further.</summary>
    public static byte[] WithChecksums(byte[] archive)
    {
        byte[] fixedUp = [.. archive];
        for (int at = 0; at + 512 <= fixedUp.Length; at += 512)
        {
            Span<byte> block = fixedUp.AsSpan(at, 512);
            if (!block.Slice(257, 5).SequenceEqual("ustar"u8))
                continue;
            block.Slice(148, 8).Fill((byte)' ');
            int sum = 0;
            foreach (byte b in block)
                sum += b;
            Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(block[148..]);
        }

        return fixedUp;
    }

    private byte[] Mutate(byte[] original, byte[][] corpus)
    {
        var bytes = new List<byte>(original);
        for (int i = _random.Next(1, 5); i > 0; i--)
        {
            int at = _random.Next(bytes.Count + 1);
            switch (_random.Next(8))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 2 when at < bytes.Count:
                    bytes.RemoveRange(at, Math.Min(_random.Next(1, 600), bytes.Count - at));
                    break;
                case 3:
                    byte[] word = _dictionary[_random.Next(_dictionary.Length)];
                    bytes.RemoveRange(at, _random.Next(2) * Math.Min(word.Length, bytes.Count - at));
                    bytes.InsertRange(Math.Min(at, bytes.Count), word);
                    break;
                case 4 when bytes.Count > 512:
                    // Whole blocks moved: what archives are made of.
                    int from = _random.Next(bytes.Count / 512) * 512;
                    bytes.InsertRange(at / 512 * 512, bytes.GetRange(from, 512));
                    break;
                case 5:
                    byte[] other = corpus[_random.Next(corpus.Length)];
                    int half = _random.Next(other.Length + 1);
                    bytes.RemoveRange(at, bytes.Count - at);
                    bytes.AddRange(other[half..]);
                    break;
                case 6 when at < bytes.Count && char.IsAsciiDigit((char)bytes[at]):
                    bytes[at] = (byte)('0' + _random.Next(10));
                    break;
                default:
                    if (at < bytes.Count && char.IsAsciiLetter((char)bytes[at]))
                        bytes[at] ^= 0x20;
                    break;
            }
        }

        return [.. bytes];
    }
}
