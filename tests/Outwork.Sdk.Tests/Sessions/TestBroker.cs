using Microsoft.Win32.SafeHandles;
using Outwork.Contracts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Products;
using Outwork.Contracts.Wire;
using Outwork.Platform.Linux;
using Outwork.Platform.Linux.Sessions;

namespace Outwork.Sdk.Tests.Sessions;

/// <summary>A broker of one session over the real endpoint: what it reads, decoded, and waits with a limit.</summary>
internal sealed unsafe class TestBroker : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly byte[] _buffer = new byte[FrameLimits.MaxReplyFrame];
    private readonly Utf8Interning _texts = new();
    private ulong _request;

    public TestBroker(SafeFileHandle socket, BrokerSessionOptions? options = null)
    {
        Assert.True(BrokerSessionEndpoint.TryCreate(socket, options ?? new BrokerSessionOptions(), TimeProvider.System, out var endpoint));
        Endpoint = endpoint!;
    }

    public BrokerSessionEndpoint Endpoint { get; }

    public SubscribeRequest? Subscription { get; private set; }

    public ContentLoaded? Content { get; private set; }

    public (ProductHealth Health, string Message) Health { get; private set; }

    public List<AuthReply> Replies { get; } = [];

    public int Malformed { get; private set; }

    public bool HungUp { get; private set; }

    public void WaitForSubscription() => WaitUntil(() => Subscription is not null);

    /// <summary>Asks and waits for the answer; the whole session sleeps on both sides in between.</summary>
    public AuthReply Ask(AuthQuestion question, SafeFileHandle? file = null)
    {
        ulong id = Post(question, file);
        WaitUntil(() => Replies.Exists(reply => reply.RequestId == id));
        return Replies.Find(reply => reply.RequestId == id);
    }

    public ulong Post(AuthQuestion question, SafeFileHandle? file = null)
    {
        ulong id = ++_request;
        AuthQuestion asked = question with { RequestId = id, HasDescriptor = file is not null };
        int descriptor = file is null ? -1 : (int)file.DangerousGetHandle();
        Assert.Equal(AskResult.Asked, Endpoint.Ask(asked, descriptor));
        return id;
    }

    public static AuthQuestion Exec(string path, TimeSpan? deadline = null) => new()
    {
        RequestId = 0,
        Kind = EventKind.Exec,
        Via = ExecVia.Direct,
        Path = path,
        DeadlineNs = MonotonicClock.Nanoseconds(TimeProvider.System) + ((deadline ?? TimeSpan.FromSeconds(20)).Ticks * 100),
    };

    /// <summary>Reads what there is and sleeps, as the reactor does, until the condition holds.</summary>
    public void WaitUntil(Func<bool> condition)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            ReadAll();
            if (condition())
                return;
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
                throw new TimeoutException("the product did not do what was waited for");
            Sleep(milliseconds: 100);
        }
    }

    public void ReadAll()
    {
        while (Endpoint.TryReadReply(_buffer, out int length) == RingReadStatus.Frame)
            Take(_buffer.AsSpan(0, length));
    }

    /// <summary>One turn of the reactor's wait; the wake-up stays readable for ever, so it is drained here instead of edge-triggered.</summary>
    public void Sleep(int milliseconds)
    {
        Endpoint.SetSleeping(true);
        if (!Endpoint.HasReplies)
        {
            Interop.pollfd* watched = stackalloc Interop.pollfd[2];
            watched[0] = new Interop.pollfd { fd = (int)Endpoint.ReplyWake.DangerousGetHandle(), events = Interop.POLLIN };
            watched[1] = new Interop.pollfd { fd = (int)Endpoint.Socket.DangerousGetHandle(), events = 0 };
            if (Interop.poll(watched, 2, milliseconds) > 0)
            {
                HungUp |= (watched[1].revents & Interop.POLLHUP) != 0;
                if (watched[0].revents != 0)
                    DrainWake();
            }
        }

        Endpoint.SetSleeping(false);
    }

    public void Dispose() => Endpoint.Dispose();

    private void Take(ReadOnlySpan<byte> frame)
    {
        FrameFault fault = FrameHeader.TryRead(frame, out FrameHeader header);
        if (fault == FrameFault.None)
        {
            switch (header.Type)
            {
                case FrameType.Subscribe:
                    fault = SubscribeCodec.TryDecode(frame, _texts, out SubscribeRequest? request);
                    Subscription = request ?? Subscription;
                    break;
                case FrameType.Reply:
                    fault = ReplyCodec.TryDecode(frame, _texts, out AuthReply reply);
                    if (fault == FrameFault.None)
                        Replies.Add(reply);
                    break;
                case FrameType.Health:
                    fault = HealthCodec.TryDecode(frame, _texts, out ProductHealth health, out string message);
                    if (fault == FrameFault.None)
                        Health = (health, message);
                    break;
                case FrameType.ContentLoaded:
                    fault = ContentLoadedCodec.TryDecode(frame, _texts, out ContentLoaded? content);
                    Content = content ?? Content;
                    break;
                default:
                    fault = FrameFault.UnexpectedType;
                    break;
            }
        }

        if (fault != FrameFault.None)
            Malformed++;
    }

    private void DrainWake()
    {
        Span<byte> count = stackalloc byte[8];
        // Not RandomAccess: an eventfd has no offset.
        using var stream = new FileStream(new SafeFileHandle(Endpoint.ReplyWake.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, 0);
        stream.ReadExactly(count);
    }
}
