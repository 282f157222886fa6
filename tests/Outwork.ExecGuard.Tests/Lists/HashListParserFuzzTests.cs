using System.Text;
using System.Text.RegularExpressions;
using Outwork.ExecGuard.Tests.Support;
using Outwork.Products.ExecGuard.Lists;
using Outwork.Products.ExecGuard.Loading;

namespace Outwork.ExecGuard.Tests.Lists;

/// <summary>Mutates the corpus and compares the parser, fed in random pieces, with a plain reading of the format.</summary>
public sealed partial class HashListParserFuzzTests
{
    private const int Rounds = 400;
    private static readonly byte[][] Dictionary =
        [.. new[] { "\n", "\r\n", "#", "\\", " ", " *", "\t", "\0", "\ufeff", "SHA256 (", new string('f', 64), new string('0', 63), "é" }.Select(Encoding.UTF8.GetBytes)];

    public static TheoryData<string> Corpus() => [.. Directory.GetFiles(Repository.FuzzCorpus).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Mutated_lists_are_read_as_the_format_says(string seed)
    {
        byte[] original = File.ReadAllBytes(Path.Combine(Repository.FuzzCorpus, seed));
        var random = new Random(seed.Sum(c => c));
        for (int round = 0; round < Rounds; round++)
        {
            byte[] text = round == 0 ? original : Mutate(original, random);
            (HashListEntry[] entries, string[] faults) = HashListParserTests.Parse(text, maxEntries: 100_000, pieces: random);
            (List<(string, uint)> expected, List<uint> faulty) = Reference(text);
            Assert.Equal(expected, entries.Select(entry => (entry.Digest.ToString(), entry.Line)));
            Assert.Equal(faulty, faults.Select(fault => uint.Parse(fault.Split(':')[1])));
        }
    }

    private static (List<(string, uint)> Entries, List<uint> Faulty) Reference(byte[] text)
    {
        // Latin-1 keeps every byte one character.
        string[] lines = Encoding.Latin1.GetString(text).Split('\n');
        var entries = new List<(string, uint)>();
        var faulty = new List<uint>();
        for (uint number = 1; number <= lines.Length && faulty.Count < ContentLimits.FaultsPerFile; number++)
        {
            string line = lines[number - 1];
            if (line.Length > ContentLimits.ListLineLength)
            {
                faulty.Add(number);
                continue;
            }

            if (number == 1 && line.StartsWith("\u00ef\u00bb\u00bf", StringComparison.Ordinal))
                line = line[3..];
            line = line.Trim(' ', '\t', '\r');
            if (line.Length == 0 || line[0] == '#')
                continue;
            Match match = Entry().Match(line);
            if (match.Success)
                entries.Add((match.Groups["hash"].Value.ToLowerInvariant(), number));
            else
                faulty.Add(number);
        }

        return (entries, faulty);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = new List<byte>(original);
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 80), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Dictionary[random.Next(Dictionary.Length)]);
                    break;
                case 3 when bytes.Count is > 0 and < 20_000:
                    int from = random.Next(bytes.Count);
                    bytes.InsertRange(at, bytes.GetRange(from, Math.Min(random.Next(1, 200), bytes.Count - from)));
                    break;
                default:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 9000)));
                    break;
            }
        }

        return [.. bytes];
    }

    [GeneratedRegex("^\\\\?(?<hash>[0-9a-fA-F]{64})([ \t].*)?$", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Entry();
}
