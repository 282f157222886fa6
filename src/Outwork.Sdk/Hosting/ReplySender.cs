using Outwork.Contracts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Products;
using Outwork.Contracts.Wire;
using Outwork.Sdk.Channel;

namespace Outwork.Sdk.Hosting;

/// <summary>Encodes and sends what the product says; any thread.</summary>
internal sealed class ReplySender(IProductChannel channel, TimeProvider time)
{
    // Ten seconds of a full ring: the broker reads on every turn, so it hangs, and whatever waits is its warden's business.
    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly byte[] _frame = new byte[FrameLimits.MaxReplyFrame];
    private ulong _sequence;

    public void Subscribe(SubscribeRequest request)
    {
        lock (_gate)
            Send(SubscribeCodec.Encode(_frame, request, MonotonicClock.Nanoseconds(time)));
    }

    public void Reply(in AuthReply reply)
    {
        lock (_gate)
            Send(ReplyCodec.Encode(_frame, reply, MonotonicClock.Nanoseconds(time)));
    }

    public void Health(ProductHealth health, string message)
    {
        lock (_gate)
            Send(HealthCodec.Encode(_frame, health, message, MonotonicClock.Nanoseconds(time)));
    }

    public void ContentLoaded(ContentLoaded content)
    {
        lock (_gate)
            Send(ContentLoadedCodec.Encode(_frame, content, MonotonicClock.Nanoseconds(time)));
    }

    private void Send(int length)
    {
        Span<byte> frame = _frame.AsSpan(0, length);
        FrameHeader.SetSequence(frame, ++_sequence);
        SendStatus status = channel.TrySend(frame);
        if (status != SendStatus.Full)
            return;
        var spin = default(SpinWait);
        long started = time.GetTimestamp();
        while (status == SendStatus.Full && time.GetElapsedTime(started) < GiveUp)
        {
            spin.SpinOnce();
            status = channel.TrySend(frame);
        }
    }
}
