using Outwork.Contracts.Wire;

namespace Outwork.Sdk.Tests.Rings;

/// <summary>The rings against a model: a queue of frames.</summary>
public sealed class RingPropertyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Frames_come_out_as_they_went_in_across_many_wraps(int seed)
    {
        var random = new Random(seed);
        using var pair = new RingPair();
        var model = new Queue<(byte[] Frame, ulong Sequence)>();
        int refused = 0;
        ulong written = 0;
        for (int step = 0; step < 20_000; step++)
        {
            // Phases that fill and phases that drain, so that both ends of the ring are met.
            if (random.Next(100) < (step / 500 % 2 == 0 ? 70 : 30))
            {
                int most = random.Next(10) == 0 ? FrameLimits.MaxEventFrame : 600;
                byte[] frame = RingPair.Frame(random.Next(FrameLimits.HeaderLength / 8, (most / 8) + 1) * 8, written);
                bool room = pair.Writer.HasRoom(frame.Length);
                Assert.Equal(room, pair.Writer.TryWrite(frame, written));
                if (room)
                    model.Enqueue((frame, written++));
                else
                    refused++;
            }
            else
            {
                Assert.Equal(model.Count != 0, pair.Reader.HasData);
                RingReadStatus status = pair.Reader.TryRead(pair.Buffer, out int length);
                if (!model.TryDequeue(out (byte[] Frame, ulong Sequence) expected))
                {
                    Assert.Equal(RingReadStatus.Empty, status);
                    continue;
                }

                Assert.Equal(RingReadStatus.Frame, status);
                FrameHeader.SetSequence(expected.Frame, expected.Sequence);
                Assert.True(expected.Frame.AsSpan().SequenceEqual(pair.Buffer.AsSpan(0, length)));
            }
        }

        Assert.True(pair.Head > 20 * RingPair.Capacity, "the ring did not wrap often enough to mean anything");
        Assert.True(refused > 100, "the ring was never full");
    }

    [Fact]
    public void Full_ring_refuses_and_keeps_what_it_has()
    {
        using var pair = new RingPair();
        ulong written = 0;
        while (pair.Writer.TryWrite(RingPair.Frame(1000, written), written))
            written++;
        Assert.Equal((ulong)RingPair.Capacity / 1000, written);
        for (ulong i = 0; i < written; i++)
        {
            Assert.Equal(RingReadStatus.Frame, pair.Reader.TryRead(pair.Buffer, out int length));
            Assert.True(RingPair.Frame(1000, i)[16..].AsSpan().SequenceEqual(pair.Buffer.AsSpan(16, length - 16)));
        }

        Assert.Equal(RingReadStatus.Empty, pair.Reader.TryRead(pair.Buffer, out _));
        Assert.True(pair.Writer.TryWrite(RingPair.Frame(1000, 0), 0));
    }

    [Fact]
    public void Writer_and_reader_on_two_threads_lose_and_mix_nothing()
    {
        const ulong Frames = 200_000;
        using var pair = new RingPair();
        var writing = new Thread(() =>
        {
            byte[][] frames = [.. Enumerable.Range(4, 60).Select(words => RingPair.Frame(words * 8, (ulong)words))];
            for (ulong i = 0; i < Frames;)
            {
                if (pair.Writer.TryWrite(frames[i % 60], i))
                    i++;
                else
                    Thread.Yield();
            }
        });
        writing.Start();
        for (ulong i = 0; i < Frames;)
        {
            RingReadStatus status = pair.Reader.TryRead(pair.Buffer, out int length);
            Assert.NotEqual(RingReadStatus.Broken, status);
            if (status == RingReadStatus.Empty)
            {
                Thread.Yield();
                continue;
            }

            FrameHeader.TryRead(pair.Buffer.AsSpan(0, length), out FrameHeader header);
            Assert.Equal(i, header.Sequence);
            Assert.Equal((int)((i % 60) + 4) * 8, length);
            i++;
        }

        writing.Join();
    }
}
