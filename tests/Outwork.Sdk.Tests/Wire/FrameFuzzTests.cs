using System.Buffers.Binary;
using Outwork.Contracts.Wire;
using Outwork.Sdk.Tests.Processes;

namespace Outwork.Sdk.Tests.Wire;

/// <summary>
/// Mutates a committed corpus and the golden frames with a seeded source. Decoders must neither throw nor touch a byte
/// outside of the frame: frames lie at the end of memory that a forbidden page follows.
/// </summary>
public sealed class FrameFuzzTests
{
    private const int RoundsPerSeed = 2_000;
    private static readonly string Corpus = Path.Combine(BuiltPrograms.Repository, "testassets", "fuzz", "frames");

    [Fact]
    public void Corpus_is_refused_or_decoded_without_throwing()
    {
        string[] files = Directory.GetFiles(Corpus, "*.bin");
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            FrameFault[] faults = Run(File.ReadAllBytes(file));
            // The name says what must come of it: refused-* by every decoder, accepted-* by one.
            bool accepted = Path.GetFileName(file).StartsWith("accepted-", StringComparison.Ordinal);
            Assert.True(accepted == (faults.Where((_, i) => i != 1).Contains(FrameFault.None)), file);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20261121)]
    public void Mutated_frames_never_make_a_decoder_throw(int seed)
    {
        byte[][] frames = [.. FrameSamples.All().Select(sample => sample.Frame), .. Directory.GetFiles(Corpus, "*.bin").Select(File.ReadAllBytes)];
        var random = new Random(seed);
        int decoded = 0;
        for (int round = 0; round < RoundsPerSeed; round++)
        {
            byte[] frame = Mutate(frames[random.Next(frames.Length)], random);
            if (Run(frame).Where((_, i) => i != 1).Contains(FrameFault.None))
                decoded++;
        }

        // Mutation that only ever gives refused frames would test one if.
        Assert.InRange(decoded, RoundsPerSeed / 20, RoundsPerSeed * 19 / 20);
    }

    private static FrameFault[] Run(byte[] frame)
    {
        using var memory = new GuardedMemory(Math.Max(frame.Length, 1));
        frame.CopyTo(memory.Bytes);
        return Decoders.RunAll(memory.Bytes[..frame.Length], new Utf8Interning());
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        byte[] frame = [.. seed];
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            int at = frame.Length == 0 ? 0 : random.Next(frame.Length);
            switch (random.Next(6))
            {
                case 0 when frame.Length != 0:
                    frame[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when frame.Length != 0:
                    frame[at] = (byte)random.Next(256);
                    break;
                case 2:
                    frame = frame[..at];
                    break;
                case 3:
                    byte[] more = new byte[random.Next(64)];
                    random.NextBytes(more);
                    frame = [.. frame[..at], .. more, .. frame[at..]];
                    break;
                case 4 when at + 2 <= frame.Length:
                    // Lengths and tags are u16: the edges are where bounds go wrong.
                    ushort[] edges = [0, 1, 3, 4, 7, 8, 0x7FFF, 0x8000, 0xFFF8, 0xFFFF];
                    BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(at & ~1), edges[random.Next(edges.Length)]);
                    break;
                default:
                    break;
            }
        }

        // Most mutated frames should come past the length check to what lies behind it.
        if (frame.Length >= 8 && random.Next(8) != 0)
        {
            frame = frame[..(frame.Length & ~7)];
            BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)frame.Length);
        }

        return frame;
    }
}
