using Outwork.Contracts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Wire;
using Outwork.Sdk.Channel;

namespace Outwork.Agent.Events;

/// <summary>Reads events from a session with the broker, subscribed to everything that happens and asked nothing.</summary>
internal sealed class SessionEventFeed : IEventFeed
{
    private const string Name = "agent";
    private static readonly EventKind[] Told =
    [
        EventKind.Exec, EventKind.Fork, EventKind.Exit, EventKind.Decision, EventKind.Gap, EventKind.ContentChange, EventKind.Demotion,
        EventKind.ConfinementRefusal,
    ];

    private readonly IProductChannel _channel;
    private readonly AgentCounters _counters;
    private readonly Utf8Interning _texts = new();
    private readonly byte[] _frame = new byte[FrameLimits.MaxEventFrame];
    private readonly Thread _hangUp;
    private bool _ended;

    /// <summary>Subscribes.</summary>
    /// <param name="channel">Owned by the feed.</param>
    /// <param name="counters">Where refused frames are counted.</param>
    /// <param name="time">Clock for the subscription's frame.</param>
    /// <exception cref="IOException">The session is over already.</exception>
    public SessionEventFeed(IProductChannel channel, AgentCounters counters, TimeProvider time)
    {
        _channel = channel;
        _counters = counters;
        var request = new SubscribeRequest(Name, 0, SubscribeRequest.Mask(Told), WantsDescriptor: false, Concurrency: 1);
        byte[] frame = new byte[FrameLimits.MaxReplyFrame];
        int length = SubscribeCodec.Encode(frame, request, MonotonicClock.Nanoseconds(time));
        if (channel.TrySend(frame.AsSpan(0, length)) != SendStatus.Sent)
            throw new IOException("the broker ended the session before the subscription");
        _hangUp = new Thread(channel.WaitForEnd) { IsBackground = true, Name = "session end" };
        _hangUp.Start();
    }

    /// <inheritdoc/>
    public bool TryTake(out NotifyEvent? notification)
    {
        while (true)
        {
            notification = null;
            switch (_channel.TryReceive(_frame, out int length, out var descriptor))
            {
                case ReceiveStatus.Empty:
                    return false;
                case ReceiveStatus.Ended:
                    _ended = true;
                    return false;
                default:
                    descriptor?.Dispose();
                    break;
            }

            notification = Decode(_frame.AsSpan(0, length));
            if (notification is not null)
                return true;
        }
    }

    /// <inheritdoc/>
    public bool Wait()
    {
        if (_ended)
            return false;
        _channel.WaitForFrames();
        return true;
    }

    /// <inheritdoc/>
    public void Close() => _channel.Close();

    /// <inheritdoc/>
    public void Dispose()
    {
        _channel.Close();
        _hangUp.Join();
        _channel.Dispose();
    }

    private NotifyEvent? Decode(ReadOnlySpan<byte> frame)
    {
        NotifyEvent? notification = null;
        FrameFault fault = FrameHeader.TryRead(frame, out FrameHeader header);
        if (fault == FrameFault.None)
        {
            switch (header.Type)
            {
                case FrameType.Notify:
                    fault = NotifyCodec.TryDecode(frame, _texts, out notification);
                    break;
                case FrameType.Gap:
                    fault = GapCodec.TryDecode(frame, _texts, out notification);
                    break;
                case FrameType.Closing:
                    _channel.Close();
                    break;
                default:
                    // A newer broker may say more than this agent knows.
                    break;
            }
        }

        if (fault != FrameFault.None)
            _counters.Add(AgentCounter.FramesRefused);
        return notification;
    }
}
