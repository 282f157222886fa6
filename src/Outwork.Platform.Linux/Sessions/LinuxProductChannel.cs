using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Wire;
using Outwork.Platform.Linux.Reactor;
using Outwork.Sdk.Channel;

namespace Outwork.Platform.Linux.Sessions;

/// <summary>
/// The product's end of a session. Every thread that waits sleeps in the kernel on the same word, so that the broker's
/// wake-up reaches the thread that will judge without another thread in between.
/// </summary>
public sealed unsafe class LinuxProductChannel : IProductChannel
{
    private readonly SafeFileHandle _socket;
    private readonly SafeFileHandle _replyWake;
    // Held for as long as the pointers below are used.
    private readonly SharedRegion _events;
    private readonly SharedRegion _replies;
    private readonly RingReader _reader;
    private readonly RingWriter _writer;
    private readonly uint* _wakeWord;
    private readonly uint* _sleepWord;
    private readonly uint* _brokerSleeping;
    private int _sleepers;
    private volatile bool _ended;

    private LinuxProductChannel(SafeFileHandle socket, SafeFileHandle replyWake, SharedRegion events, SharedRegion replies, Welcome sizes)
    {
        _socket = socket;
        _replyWake = replyWake;
        _events = events;
        _replies = replies;
        _wakeWord = (uint*)(events.Address + RingLayout.WakeWord);
        _brokerSleeping = (uint*)(events.Address + RingLayout.BrokerSleeping);
        _sleepWord = (uint*)(replies.Address + RingLayout.ProductSleeping);
        _reader = new RingReader(
            events.Ring, sizes.EventsCapacity, events.Counter(RingLayout.Head), replies.Counter(RingLayout.PeerTail), FrameLimits.MaxEventFrame);
        _writer = new RingWriter(
            replies.Ring, sizes.RepliesCapacity, replies.Counter(RingLayout.Head), events.Counter(RingLayout.PeerTail));
    }

    /// <summary>Takes the inherited descriptor and waits for the broker's welcome.</summary>
    /// <param name="descriptor">Number of the descriptor; it is closed on exec from here on.</param>
    /// <exception cref="IOException">The broker is gone or of another version.</exception>
    public static LinuxProductChannel Inherit(int descriptor)
    {
        var socket = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Interop.fcntl(socket, Interop.F_SETFD, Interop.FD_CLOEXEC) != 0)
            throw new IOException($"no session at descriptor {descriptor.ToString(CultureInfo.InvariantCulture)}");
        return Connect(socket);
    }

    /// <summary>Waits for the broker's welcome on a connected socket.</summary>
    /// <param name="socket">SOCK_SEQPACKET; owned by the channel, also on failure.</param>
    /// <exception cref="IOException">The broker is gone or of another version.</exception>
    public static LinuxProductChannel Connect(SafeFileHandle socket)
    {
        Span<byte> message = stackalloc byte[Welcome.Length];
        Span<int> numbers = stackalloc int[Welcome.Descriptors];
        int received = DescriptorMessage.Receive(socket, message, numbers, wait: true);
        using var events = new SafeFileHandle(numbers[0], ownsHandle: true);
        using var replies = new SafeFileHandle(numbers[1], ownsHandle: true);
        var wake = new SafeFileHandle(numbers[2], ownsHandle: true);
        FrameFault fault = received <= 0 ? FrameFault.TooShort : Welcome.TryDecode(message[..received], out _);
        if (fault != FrameFault.None || wake.IsInvalid)
        {
            wake.Dispose();
            socket.Dispose();
            throw new IOException(received <= 0 ? "the broker is gone" : $"the broker's welcome is not understood: {fault}");
        }

        _ = Welcome.TryDecode(message[..received], out Welcome sizes);
        return new LinuxProductChannel(
            socket,
            wake,
            SharedRegion.Map(events, sizes.EventsCapacity, writable: false),
            SharedRegion.Map(replies, sizes.RepliesCapacity, writable: true),
            sizes);
    }

    /// <inheritdoc/>
    public ReceiveStatus TryReceive(Span<byte> buffer, out int length, out SafeFileHandle? descriptor)
    {
        descriptor = null;
        switch (_reader.TryRead(buffer, out length))
        {
            case RingReadStatus.Empty:
                return _ended ? ReceiveStatus.Ended : ReceiveStatus.Empty;
            case RingReadStatus.Broken:
                Close();
                return ReceiveStatus.Ended;
            default:
                break;
        }

        if (Volatile.Read(ref _sleepers) != 0)
            RouseNext();
        ReadOnlySpan<byte> frame = buffer[..length];
        if (FrameHeader.TryRead(frame, out FrameHeader header) == FrameFault.None
            && header.Type == FrameType.AuthRequest && (header.Flags & AuthRequestCodec.HasDescriptor) != 0)
        {
            descriptor = TakeDescriptor(header.Correlation);
        }

        return ReceiveStatus.Frame;
    }

    private const ulong JudgingSliceNs = 100_000;

    [ThreadStatic]
    private static bool t_hasSlice;

    /// <inheritdoc/>
    public void WaitForFrames()
    {
        // A thread that judges works briefly and is waited for: with a short slice it runs as soon as it is woken. Once a thread.
        if (!t_hasSlice)
        {
            t_hasSlice = true;
            ThreadSlice.TrySetSlice(JudgingSliceNs);
        }
        Interlocked.Increment(ref _sleepers);
        uint wake = Volatile.Read(ref *_wakeWord);
        Volatile.Write(ref *_sleepWord, wake);
        // Full fence: the word must be visible before the ring is looked at again (the broker does the reverse).
        Interlocked.MemoryBarrier();
        if (!_reader.HasData && !_ended)
            Interop.futex_wait(_wakeWord, wake);
        // The word is left as it is: another thread may sleep on it. At worst the broker makes one needless wake-up.
        Interlocked.Decrement(ref _sleepers);
    }

    /// <inheritdoc/>
    public SendStatus TrySend(ReadOnlySpan<byte> frame)
    {
        if (_ended)
            return SendStatus.Ended;
        if (!_writer.TryWrite(frame, BinaryPrimitives.ReadUInt64LittleEndian(frame[8..])))
            return SendStatus.Full;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref *_brokerSleeping) != 0)
            Interop.eventfd_write(_replyWake, 1);
        return SendStatus.Sent;
    }

    /// <inheritdoc/>
    public void WaitForEnd()
    {
        Interop.pollfd watched = new() { fd = (int)_socket.DangerousGetHandle(), events = 0 };
        while (!_ended)
        {
            if (Interop.poll(&watched, 1, -1) > 0)
                break;
        }

        Close();
    }

    /// <inheritdoc/>
    public void Close()
    {
        if (!_ended)
        {
            _ended = true;
            Interop.shutdown(_socket, Interop.SHUT_RDWR);
        }

        Interop.futex_wake(_wakeWord, int.MaxValue);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended = true;
        _socket.Dispose();
        // The mappings and the wake-up are left to their finalizers: a thread of the product's own may be reporting its
        // health just now.
    }

    /// <summary>
    /// This thread goes on to judge while others sleep: makes the broker's next event wake one of them, and wakes one now if
    /// more events are there already.
    /// </summary>
    private void RouseNext()
    {
        Volatile.Write(ref *_sleepWord, Volatile.Read(ref *_wakeWord));
        Interlocked.MemoryBarrier();
        if (_reader.HasData)
            Interop.futex_wake(_wakeWord, 1);
    }

    private SafeFileHandle? TakeDescriptor(ulong requestId)
    {
        Span<byte> message = stackalloc byte[Welcome.DescriptorMessageLength];
        Span<int> number = stackalloc int[1];
        while (true)
        {
            // Never waits: the broker passes the descriptor before it writes the frame.
            int received = DescriptorMessage.Receive(_socket, message, number, wait: false);
            if (received <= 0)
                return null;
            var descriptor = number[0] < 0 ? null : new SafeFileHandle(number[0], ownsHandle: true);
            if (received == Welcome.DescriptorMessageLength && BinaryPrimitives.ReadUInt64LittleEndian(message) == requestId)
                return descriptor;
            descriptor?.Dispose();
        }
    }
}
