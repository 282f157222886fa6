using System.Buffers.Binary;
using Outwork.Contracts.Wire;
using Outwork.Sdk.Tests.Processes;

namespace Outwork.Sdk.Tests.Rings;

/// <summary>A writer and a reader over the same memory, which ends at a forbidden page.</summary>
internal sealed unsafe class RingPair : IDisposable
{
    public const int Capacity = RingLayout.MinimumCapacity;
    private readonly GuardedMemory _ring = new(Capacity);
    private readonly GuardedMemory _words = new(16);

    public RingPair()
    {
        Writer = new RingWriter(_ring.Start, Capacity, HeadWord, TailWord);
        Reader = new RingReader(_ring.Start, Capacity, HeadWord, TailWord, FrameLimits.MaxEventFrame);
    }

    public RingWriter Writer { get; }

    public RingReader Reader { get; }

    public byte[] Buffer { get; } = new byte[FrameLimits.MaxEventFrame];

    public ref ulong Head => ref *HeadWord;

    public ref ulong Tail => ref *TailWord;

    public Span<byte> Ring => _ring.Bytes;

    private ulong* HeadWord => (ulong*)_words.Start;

    private ulong* TailWord => (ulong*)(_words.Start + 8);

    /// <summary>A frame whose bytes after the header all depend on <paramref name="id"/>.</summary>
    public static byte[] Frame(int length, ulong id)
    {
        byte[] frame = new byte[length];
        new Random((int)id).NextBytes(frame.AsSpan(FrameLimits.HeaderLength));
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)length);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(4), (ushort)FrameType.Notify);
        frame[6] = FrameLimits.Version;
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(16), id);
        return frame;
    }

    /// <summary>Writes the first 8 bytes of a frame where the reader will look next.</summary>
    public void Forge(ulong at, uint length, ushort type)
    {
        Span<byte> start = Ring[(int)(at % Capacity)..];
        BinaryPrimitives.WriteUInt32LittleEndian(start, length);
        BinaryPrimitives.WriteUInt16LittleEndian(start[4..], type);
        start[6] = FrameLimits.Version;
    }

    public void Dispose()
    {
        _ring.Dispose();
        _words.Dispose();
    }
}
