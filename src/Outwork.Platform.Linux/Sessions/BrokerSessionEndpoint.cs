using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Wire;

namespace Outwork.Platform.Linux.Sessions;

/// <summary>
/// The broker's end of one product's session: writes events and questions, reads replies. Used by one thread at a time
/// (it may be made on another one); never blocks, allocates nothing after construction, and takes everything that the
/// product can write as hostile.
/// </summary>
/// <remarks>
/// Order of use around a wait: <c>SetSleeping(true)</c>; if <see cref="HasReplies"/> of any session, do not wait; wait on
/// <see cref="ReplyWake"/>; <c>SetSleeping(false)</c>; read until Empty. While it is not sleeping the product writes no
/// wake-up, so a broker that polls costs the product no system call.
/// </remarks>
public sealed unsafe class BrokerSessionEndpoint : IDisposable
{
    private readonly SharedRegion _events;
    private readonly SharedRegion _replies;
    private readonly RingWriter _writer;
    private readonly RingReader _reader;
    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(FrameLimits.MaxEventFrame, pinned: true);
    private readonly uint* _wakeWord;
    private readonly uint* _productSleeping;
    private readonly TimeProvider _time;
    private ulong _sequence;
    private readonly LossAccount _untold = new();
    private bool _disposed;

    private BrokerSessionEndpoint(
        SafeFileHandle socket, SafeFileHandle replyWake, SharedRegion events, SharedRegion replies, Welcome sizes, TimeProvider time)
    {
        Socket = socket;
        ReplyWake = replyWake;
        _events = events;
        _replies = replies;
        _time = time;
        _wakeWord = (uint*)(events.Address + RingLayout.WakeWord);
        _productSleeping = (uint*)(replies.Address + RingLayout.ProductSleeping);
        _writer = new RingWriter(
            events.Ring, sizes.EventsCapacity, events.Counter(RingLayout.Head), replies.Counter(RingLayout.PeerTail));
        _reader = new RingReader(
            replies.Ring, sizes.RepliesCapacity, replies.Counter(RingLayout.Head), events.Counter(RingLayout.PeerTail), FrameLimits.MaxReplyFrame);
    }

    /// <summary>
    /// The session's socket. Watch it for hang-up only (EPOLLHUP, EPOLLERR): the broker reads nothing from it, and the product
    /// cannot send, which shows as EPOLLRDHUP from the beginning.
    /// </summary>
    public SafeFileHandle Socket { get; }

    /// <summary>An eventfd, written by the product. Watch it with EPOLLIN | EPOLLET and never read it.</summary>
    public SafeFileHandle ReplyWake { get; }

    /// <summary>True once the product broke the protocol beyond repair, so that the session must be disposed, and after that.</summary>
    public bool IsBroken => _disposed || _writer.Faulted || _reader.Broken;

    /// <summary>True when <see cref="TryReadReply"/> has something to say.</summary>
    public bool HasReplies => !_disposed && _reader.HasData;

    /// <summary>Events that found no room since the session began; each is told in a Gap frame.</summary>
    public ulong Lost { get; private set; }

    /// <summary>How full the events ring is, 0 to 100; 100 once the session is over.</summary>
    public int PercentUsed => _disposed ? 100 : _writer.PercentUsed;

    /// <summary>Makes the shared memory and sends the welcome; takes 0.3 to 1 ms, so not for the reactor's thread in a storm.</summary>
    /// <param name="socket">Connected SOCK_SEQPACKET; owned by the endpoint from here on, also on failure.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="time">Clocks for the frames.</param>
    /// <param name="endpoint">The endpoint, when true is returned.</param>
    /// <returns>False when the product is already gone.</returns>
    /// <exception cref="LinuxException">Memory or descriptors are exhausted.</exception>
    public static bool TryCreate(SafeFileHandle socket, BrokerSessionOptions options, TimeProvider time, out BrokerSessionEndpoint? endpoint)
    {
        endpoint = null;
        var sizes = new Welcome(options.EventsCapacity, options.RepliesCapacity);
        using SafeFileHandle events = SharedRegion.Create("outwork-events", sizes.EventsCapacity);
        using SafeFileHandle replies = SharedRegion.Create("outwork-replies", sizes.RepliesCapacity);
        SharedRegion eventsRegion = SharedRegion.Map(events, sizes.EventsCapacity, writable: true);
        // From here on this mapping is the only one that can write events, for good.
        SharedRegion.Seal(events, Interop.F_SEAL_FUTURE_WRITE);
        SharedRegion repliesRegion = SharedRegion.Map(replies, sizes.RepliesCapacity, writable: true);
        SharedRegion.Seal(replies, 0);
        SafeFileHandle wake = Interop.eventfd(0, Interop.EFD_CLOEXEC | Interop.EFD_NONBLOCK);
        if (wake.IsInvalid)
            throw LinuxException.Last("eventfd");
        var made = new BrokerSessionEndpoint(socket, wake, eventsRegion, repliesRegion, sizes, time);
        // 1, so that the product's zeroed word does not say that it sleeps.
        Volatile.Write(ref *made._wakeWord, 1);

        Span<byte> message = stackalloc byte[Welcome.Length];
        sizes.Encode(message);
        int errno = DescriptorMessage.Send(socket, message, [Number(events), Number(replies), Number(wake)]);
        GC.KeepAlive(events);
        GC.KeepAlive(replies);
        if (errno == 0)
        {
            endpoint = made;
            return true;
        }

        made.Dispose();
        return errno is Interop.EPIPE or Interop.ECONNRESET or Interop.ENOTCONN ? false : throw new LinuxException("sendmsg(welcome)", errno);
    }

    /// <summary>
    /// Asks one question: room, then the descriptor, then the frame, then the wake-up, so that the product never waits for a
    /// descriptor.
    /// </summary>
    /// <param name="question">The question; its descriptor flag must say whether one is given.</param>
    /// <param name="descriptor">Stays the caller's; -1 for none. The product gets the same open file description: use pread on it.</param>
    public AskResult Ask(AuthQuestion question, int descriptor)
    {
        int length = AuthRequestCodec.Encode(_scratch, question, MonotonicNs);
        if (IsBroken)
            return AskResult.Disconnected;
        if (!_writer.HasRoom(length))
            return IsBroken ? AskResult.Disconnected : AskResult.QueueFull;
        if (question.HasDescriptor)
        {
            DescriptorSendResult sent = SendDescriptor(question.RequestId, descriptor);
            if (sent != DescriptorSendResult.Sent)
                return sent == DescriptorSendResult.QueueFull ? AskResult.QueueFull : AskResult.Disconnected;
        }

        if (!_writer.TryWrite(_scratch.AsSpan(0, length), _sequence + 1))
            return AskResult.Disconnected;
        _sequence++;
        WakeIfSleeping();
        return AskResult.Asked;
    }

    /// <summary>
    /// Delivers a notification that was encoded once for all subscribers. One that finds no room is counted, and told in a
    /// Gap frame before the next one that does; its number in the sequence is used up either way.
    /// </summary>
    /// <remarks>Does not wake the product: call <see cref="WakeIfSleeping"/> after a batch.</remarks>
    /// <param name="frame">A whole Notify frame.</param>
    /// <param name="pid">The process that it is put down to when it is lost; 0 for none.</param>
    /// <returns>False when the event was lost.</returns>
    public bool Deliver(ReadOnlySpan<byte> frame, int pid = 0)
    {
        if (_disposed)
            return false;
        var kind = (EventKind)BinaryPrimitives.ReadUInt16LittleEndian(frame[FrameLimits.HeaderLength..]);
        if (!TellGap("the session's ring was full"))
        {
            CountLost(kind, pid, 1);
            return false;
        }

        if (_writer.TryWrite(frame, _sequence + 1))
        {
            _sequence++;
            return true;
        }

        CountLost(kind, pid, 1);
        return false;
    }

    /// <summary>Counts events that were shed, or lost before they could be encoded; told before the next delivery or by <see cref="TellGap"/>.</summary>
    /// <param name="kind">Their kind; None when it is not known.</param>
    /// <param name="pid">The process that caused them; 0 for several or none.</param>
    /// <param name="events">How many.</param>
    public void CountLost(EventKind kind, int pid, ulong events)
    {
        Lost += events;
        _untold.Add(kind, pid, events);
        _sequence += events;
    }

    /// <summary>Writes the Gap frame that is due, if any; false when there is no room for it yet.</summary>
    /// <param name="detail">Where the events were lost, for people.</param>
    public bool TellGap(string detail)
    {
        if (_untold.Total == 0)
            return true;
        if (_disposed)
            return false;
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        Span<EventLoss> losses = stackalloc EventLoss[LossAccount.MaxRows];
        int rows = _untold.CopyTo(losses);
        int length = GapCodec.Encode(_scratch, _untold.Total, detail, now, MonotonicNs, losses[..rows]);
        if (!_writer.TryWrite(_scratch.AsSpan(0, length), _sequence + 1))
            return false;
        _sequence++;
        _untold.Clear();
        return true;
    }

    /// <summary>Writes a frame as it is, with the next number of the sequence; false when there is no room.</summary>
    public bool TryWriteEvent(ReadOnlySpan<byte> frame)
    {
        if (_disposed || !_writer.TryWrite(frame, _sequence + 1))
            return false;
        _sequence++;
        return true;
    }

    /// <summary>Passes a descriptor for the question <paramref name="requestId"/>, before its frame is written.</summary>
    public DescriptorSendResult SendDescriptor(ulong requestId, int descriptor)
    {
        if (_disposed)
            return DescriptorSendResult.Disconnected;
        Span<byte> message = stackalloc byte[Welcome.DescriptorMessageLength];
        BinaryPrimitives.WriteUInt64LittleEndian(message, requestId);
        message[8..].Clear();
        return DescriptorMessage.Send(Socket, message, new ReadOnlySpan<int>(in descriptor)) switch
        {
            0 => DescriptorSendResult.Sent,
            // ETOOMANYREFS: the user's limit of descriptors under way; ENOBUFS: no memory for the message.
            Interop.EAGAIN or Interop.ETOOMANYREFS or Interop.ENOBUFS => DescriptorSendResult.QueueFull,
            Interop.EPIPE or Interop.ECONNRESET or Interop.ENOTCONN => DescriptorSendResult.Disconnected,
            int errno => throw new LinuxException("sendmsg(descriptor)", errno),
        };
    }

    /// <summary>Wakes the product if it sleeps; a system call only then. Never blocks.</summary>
    public void WakeIfSleeping()
    {
        if (_disposed)
            return;
        // Full fence: the head written before must be visible before the product's word is read (the product does the
        // reverse), so that one of the two sees the other.
        Interlocked.MemoryBarrier();
        uint wake = *_wakeWord;
        if (Volatile.Read(ref *_productSleeping) != wake)
            return;
        Volatile.Write(ref *_wakeWord, wake + 1);
        Interop.futex_wake(_wakeWord, 1);
    }

    /// <summary>Copies the next frame of the product out. Hostile: decode it with the codecs, which refuse without throwing.</summary>
    /// <param name="buffer">At least <see cref="FrameLimits.MaxReplyFrame"/> bytes.</param>
    /// <param name="length">Bytes of the frame.</param>
    public RingReadStatus TryReadReply(Span<byte> buffer, out int length)
    {
        length = 0;
        return _disposed ? RingReadStatus.Broken : _reader.TryRead(buffer, out length);
    }

    /// <summary>Says whether the product must write <see cref="ReplyWake"/> after a reply. See the type's remarks for the order.</summary>
    public void SetSleeping(bool sleeping)
    {
        if (_disposed)
            return;
        Volatile.Write(ref _events.Word(RingLayout.BrokerSleeping), sleeping ? 1u : 0u);
        if (sleeping)
            Interlocked.MemoryBarrier();
    }

    /// <summary>Tells the product that the session ends, if there is room, and wakes it. Dispose follows.</summary>
    public void Close(ClosingReason reason, string message)
    {
        int length = ClosingCodec.Encode(_scratch, reason, message, MonotonicNs);
        TryWriteEvent(_scratch.AsSpan(0, length));
        WakeIfSleeping();
    }

    /// <summary>
    /// Ends the session: the product sees a hang-up, and its mappings stay valid for it. Calls after it do nothing, except
    /// <see cref="Dispose"/>, which may then come from any thread.
    /// </summary>
    public void HangUp()
    {
        if (_disposed)
            return;
        _disposed = true;
        Interop.shutdown(Socket, Interop.SHUT_RDWR);
    }

    /// <summary>
    /// Ends the session and gives back what it has. Takes as long as it takes to close whatever the product has sent into the socket.
    /// </summary>
    public void Dispose()
    {
        HangUp();
        Socket.Dispose();
        ReplyWake.Dispose();
        _events.Dispose();
        _replies.Dispose();
    }

    private long MonotonicNs => MonotonicClock.Nanoseconds(_time);

    private static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle();
}
