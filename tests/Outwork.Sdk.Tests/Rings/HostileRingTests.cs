using Outwork.Contracts.Wire;

namespace Outwork.Sdk.Tests.Rings;

/// <summary>What the other side of a ring may write, and what then happens: refusal, never a fault, never a byte from outside.</summary>
public sealed class HostileRingTests
{
    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue - 7)]
    [InlineData(RingPair.Capacity + 1000 + 8)]
    [InlineData(1001)]
    [InlineData(8)]
    [InlineData(0)]
    public void Reader_refuses_an_impossible_head(ulong head)
    {
        using var pair = new RingPair();
        pair.Writer.TryWrite(RingPair.Frame(1000, 1), 1);
        Assert.Equal(RingReadStatus.Frame, pair.Reader.TryRead(pair.Buffer, out _));
        pair.Head = head;
        Assert.Equal(RingReadStatus.Broken, pair.Reader.TryRead(pair.Buffer, out int length));
        Assert.Equal(0, length);
        pair.Head = 1000;
        Assert.Equal(RingReadStatus.Broken, pair.Reader.TryRead(pair.Buffer, out _));
        Assert.False(pair.Reader.HasData);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(24, 2)]
    [InlineData(36, 2)]
    [InlineData(64, 2)]
    [InlineData(FrameLimits.MaxEventFrame + 8, 2)]
    [InlineData(uint.MaxValue, 2)]
    [InlineData(0xFFFFFFF8, 2)]
    [InlineData(48, 0xFFFF)]
    [InlineData(RingPair.Capacity, 0xFFFF)]
    public void Reader_refuses_an_impossible_frame(uint length, ushort type)
    {
        using var pair = new RingPair();
        pair.Forge(0, length, type);
        // More than one frame's bytes are published only where that is not what makes the frame impossible.
        pair.Head = length is 64 ? 56ul : type == 0xFFFF ? RingPair.Capacity : length > 64 ? RingPair.Capacity : 4096ul;
        Assert.Equal(RingReadStatus.Broken, pair.Reader.TryRead(pair.Buffer, out _));
    }

    [Fact]
    public void Reader_refuses_a_frame_beyond_the_end_of_the_ring()
    {
        using var pair = new RingPair();
        for (int i = 0; i < 4; i++)
        {
            pair.Writer.TryWrite(RingPair.Frame(16_000, 1), 1);
            Assert.Equal(RingReadStatus.Frame, pair.Reader.TryRead(pair.Buffer, out _));
        }

        ulong tail = pair.Tail;
        Assert.Equal(64_000ul, tail);
        pair.Forge(tail, 2048, (ushort)FrameType.Notify);
        pair.Head = tail + 4096;
        Assert.Equal(RingReadStatus.Broken, pair.Reader.TryRead(pair.Buffer, out _));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(2008)]
    [InlineData(1001)]
    [InlineData(0)]
    public void Writer_refuses_an_impossible_tail(ulong tail)
    {
        using var pair = new RingPair();
        pair.Writer.TryWrite(RingPair.Frame(1000, 1), 1);
        pair.Tail = 1000;
        Assert.True(pair.Writer.TryWrite(RingPair.Frame(1000, 2), 2));
        pair.Tail = tail;
        Assert.False(pair.Writer.TryWrite(RingPair.Frame(1000, 3), 3));
        Assert.True(pair.Writer.Faulted);
        pair.Tail = 1000;
        Assert.False(pair.Writer.TryWrite(RingPair.Frame(1000, 3), 3));
        Assert.Equal(2000ul, pair.Head);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_counters_and_bytes_never_harm_the_reader(int seed)
    {
        var random = new Random(seed);
        int frames = 0;
        int broken = 0;
        for (int round = 0; round < 400; round++)
        {
            using var pair = new RingPair();
            for (int step = 0; step < 60 && !pair.Reader.Broken; step++)
            {
                switch (random.Next(12))
                {
                    case 0:
                        pair.Head = (ulong)random.NextInt64();
                        break;
                    case 1:
                        pair.Head += (ulong)random.Next(1, 4096) * 8;
                        break;
                    case 2:
                        random.NextBytes(pair.Ring[random.Next(RingPair.Capacity)..]);
                        break;
                    case 3:
                        pair.Forge(pair.Tail, (uint)random.Next(1, 3000) * 8, random.Next(4) == 0 ? ushort.MaxValue : (ushort)FrameType.Reply);
                        break;
                    default:
                        pair.Writer.TryWrite(RingPair.Frame(random.Next(4, 400) * 8, 1), 1);
                        break;
                }

                RingReadStatus status = pair.Reader.TryRead(pair.Buffer, out int length);
                frames += status == RingReadStatus.Frame ? 1 : 0;
                if (status == RingReadStatus.Frame)
                    Assert.InRange(length, FrameLimits.HeaderLength, FrameLimits.MaxEventFrame);
            }

            broken += pair.Reader.Broken ? 1 : 0;
        }

        Assert.True(frames > 1000 && broken > 100, $"{frames} frames, {broken} broken: the attack did not reach both sides");
    }

    [Fact]
    public void Writer_that_changes_the_length_while_it_is_read_gains_nothing()
    {
        using var pair = new RingPair();
        using var stop = new CancellationTokenSource();
        var attacker = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                pair.Forge(0, 64, (ushort)FrameType.Notify);
                pair.Forge(0, 4096, (ushort)FrameType.Notify);
            }
        });
        pair.Forge(0, 64, (ushort)FrameType.Notify);
        attacker.Start();
        var seen = new HashSet<int>();
        // Every turn is a new reader over the same bytes; what it hands out must agree with itself.
        for (int i = 0; i < 200_000 && (i < 20_000 || seen.Count < 2); i++)
        {
            using var words = new Processes.GuardedMemory(16);
            int length = ReadOnce(pair, words, pair.Buffer);
            Assert.Equal((uint)length, BitConverter.ToUInt32(pair.Buffer));
            seen.Add(length);
        }

        stop.Cancel();
        attacker.Join();
        Assert.Equal([64, 4096], seen.Order());
    }

    private static unsafe int ReadOnce(RingPair pair, Processes.GuardedMemory words, byte[] buffer)
    {
        fixed (byte* ring = pair.Ring)
        {
            *(ulong*)words.Start = 8192;
            var reader = new RingReader(ring, RingPair.Capacity, (ulong*)words.Start, (ulong*)(words.Start + 8), FrameLimits.MaxEventFrame);
            Assert.Equal(RingReadStatus.Frame, reader.TryRead(buffer, out int length));
            return length;
        }
    }
}
