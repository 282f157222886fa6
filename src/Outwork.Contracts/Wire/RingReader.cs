using System.Buffers.Binary;

namespace Outwork.Contracts.Wire;

/// <summary>What a ring's reader found.</summary>
public enum RingReadStatus
{
    /// <summary>Nothing to read.</summary>
    Empty = 0,

    /// <summary>One frame was copied out.</summary>
    Frame = 1,

    /// <summary>The writer broke the ring: a counter or length was impossible. Nothing can be read from it any more.</summary>
    Broken = 2,
}

/// <summary>
/// The consuming end of a ring of frames in shared memory. One thread at a time (<see cref="HasData"/>: any thread).
/// Everything that the writer can change is read once, checked, and copied out before it is used.
/// </summary>
/// <remarks>Benchmark: bench/ "uncached" row. The caller keeps the memory mapped while this object is used.</remarks>
public sealed unsafe class RingReader
{
    private readonly byte* _data;
    private readonly ulong _capacity;
    private readonly ulong* _peerHead;
    private readonly ulong* _sharedTail;
    private readonly int _maximumFrame;
    private ulong _tail;
    private ulong _head;

    /// <summary>Starts at the beginning of a new ring.</summary>
    /// <param name="data">The ring's bytes, 8-byte aligned.</param>
    /// <param name="capacity">A power of two, see <see cref="RingLayout"/>.</param>
    /// <param name="peerHead">Written by the writer.</param>
    /// <param name="tail">Written by this object only.</param>
    /// <param name="maximumFrame">The longest frame of this direction.</param>
    public RingReader(byte* data, int capacity, ulong* peerHead, ulong* tail, int maximumFrame)
    {
        if (!RingLayout.IsCapacity(capacity))
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "not a power of two within the bounds");
        _data = data;
        _capacity = (ulong)capacity;
        _peerHead = peerHead;
        _sharedTail = tail;
        _maximumFrame = maximumFrame;
    }

    /// <summary>True once the writer broke the ring.</summary>
    public bool Broken { get; private set; }

    /// <summary>True when <see cref="TryRead"/> has something to say.</summary>
    public bool HasData => !Broken && Volatile.Read(ref *_peerHead) != Volatile.Read(ref _tail);

    /// <summary>Copies the next frame out.</summary>
    /// <param name="destination">At least the longest frame of this direction.</param>
    /// <param name="length">The frame's length.</param>
    public RingReadStatus TryRead(Span<byte> destination, out int length)
    {
        length = 0;
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, _maximumFrame);
        if (Broken)
            return RingReadStatus.Broken;
        ulong head = Volatile.Read(ref *_peerHead);
        if (head < _head || head - _tail > _capacity || head % FrameLimits.Alignment != 0)
            return Break();
        _head = head;
        ulong tail = _tail;
        // At most two turns: a pad up to the ring's end, then the frame at its start.
        while (tail != head)
        {
            byte* at = _data + (tail & (_capacity - 1));
            // One read of the first 8 bytes: what is checked here is what is handed on, whatever the writer does meanwhile.
            ulong start = Volatile.Read(ref *(ulong*)at);
            if (!BitConverter.IsLittleEndian)
                start = BinaryPrimitives.ReverseEndianness(start);
            ulong frameLength = (uint)start;
            ulong toEnd = _capacity - (tail & (_capacity - 1));
            if (frameLength % FrameLimits.Alignment != 0 || frameLength == 0 || frameLength > head - tail || frameLength > toEnd)
                return Break();
            if ((ushort)(start >> 32) == (ushort)FrameType.Pad)
            {
                if (frameLength != toEnd || toEnd == _capacity)
                    return Break();
                tail += frameLength;
                continue;
            }

            if (frameLength < FrameLimits.HeaderLength || frameLength > (ulong)_maximumFrame)
                return Break();
            length = (int)frameLength;
            new ReadOnlySpan<byte>(at, length).CopyTo(destination);
            BinaryPrimitives.WriteUInt64LittleEndian(destination, start);
            Advance(tail + frameLength);
            return RingReadStatus.Frame;
        }

        if (tail != _tail)
            Advance(tail);
        return RingReadStatus.Empty;
    }

    private void Advance(ulong tail)
    {
        Volatile.Write(ref _tail, tail);
        Volatile.Write(ref *_sharedTail, tail);
    }

    private RingReadStatus Break()
    {
        Broken = true;
        return RingReadStatus.Broken;
    }
}
