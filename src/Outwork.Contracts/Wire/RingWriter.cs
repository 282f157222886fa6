using System.Buffers.Binary;

namespace Outwork.Contracts.Wire;

/// <summary>
/// The producing end of a ring of frames in shared memory. One thread at a time. The reader's counter is hostile: it is
/// read once, checked, and a writer that saw an impossible one refuses everything from then on.
/// </summary>
/// <remarks>Benchmark: bench/ "uncached" row. The caller keeps the memory mapped while this object is used.</remarks>
public sealed unsafe class RingWriter
{
    private readonly byte* _data;
    private readonly ulong _capacity;
    private readonly ulong* _sharedHead;
    private readonly ulong* _peerTail;
    private ulong _head;
    private ulong _tail;

    /// <summary>Starts at the counters' present values, which must be 0 for a new ring.</summary>
    /// <param name="data">The ring's bytes, 8-byte aligned.</param>
    /// <param name="capacity">A power of two, see <see cref="RingLayout"/>.</param>
    /// <param name="head">Written by this object only.</param>
    /// <param name="peerTail">Written by the reader.</param>
    public RingWriter(byte* data, int capacity, ulong* head, ulong* peerTail)
    {
        if (!RingLayout.IsCapacity(capacity))
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "not a power of two within the bounds");
        _data = data;
        _capacity = (ulong)capacity;
        _sharedHead = head;
        _peerTail = peerTail;
    }

    /// <summary>True once the reader's counter was impossible.</summary>
    public bool Faulted { get; private set; }

    /// <summary>True when a frame of <paramref name="length"/> bytes can be written now; room only grows until the next write.</summary>
    public bool HasRoom(int length) => Needed((ulong)length) <= Free();

    /// <summary>True when at least half of the ring is free.</summary>
    public bool IsHalfFree => Free() >= _capacity / 2;

    /// <summary>Copies a frame into the ring and publishes it.</summary>
    /// <param name="frame">A whole frame.</param>
    /// <param name="sequence">Goes into the frame's header.</param>
    /// <returns>False when there is no room (or the reader broke the protocol); nothing is written then.</returns>
    public bool TryWrite(ReadOnlySpan<byte> frame, ulong sequence)
    {
        ulong length = (ulong)frame.Length;
        if (length < FrameLimits.HeaderLength || length % FrameLimits.Alignment != 0 || length > _capacity / 2)
            throw new ArgumentException("not a frame", nameof(frame));
        ulong needed = Needed(length);
        if (needed > Free())
            return false;
        ulong padding = needed - length;
        if (padding != 0)
        {
            var pad = new Span<byte>(_data + (_head & (_capacity - 1)), FrameLimits.Alignment);
            BinaryPrimitives.WriteUInt32LittleEndian(pad, (uint)padding);
            BinaryPrimitives.WriteUInt16LittleEndian(pad[4..], (ushort)FrameType.Pad);
            pad[6] = FrameLimits.Version;
            pad[7] = 0;
        }

        var target = new Span<byte>(_data + ((_head + padding) & (_capacity - 1)), frame.Length);
        frame.CopyTo(target);
        FrameHeader.SetSequence(target, sequence);
        _head += needed;
        Volatile.Write(ref *_sharedHead, _head);
        return true;
    }

    private ulong Needed(ulong length)
    {
        ulong toEnd = _capacity - (_head & (_capacity - 1));
        return length <= toEnd ? length : length + toEnd;
    }

    private ulong Free()
    {
        ulong tail = Volatile.Read(ref *_peerTail);
        // A tail that goes back, overtakes the head or lies inside of a frame's alignment was not written by a correct reader.
        if (Faulted || tail < _tail || tail > _head || tail % FrameLimits.Alignment != 0)
        {
            Faulted = true;
            return 0;
        }

        _tail = tail;
        return _capacity - (_head - tail);
    }
}
