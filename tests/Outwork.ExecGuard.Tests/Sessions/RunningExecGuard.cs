using Microsoft.Win32.SafeHandles;
using Outwork.Contracts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Products;
using Outwork.Contracts.Wire;
using Outwork.Platform.Linux.Sessions;
using Outwork.Products.ExecGuard;
using Outwork.Sdk;

namespace Outwork.ExecGuard.Tests.Sessions;

/// <summary>ExecGuard as its Main runs it, on a thread of its own, and the broker's end of its session, over real shared memory and sockets.</summary>
internal sealed class RunningExecGuard : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly byte[] _buffer = new byte[FrameLimits.MaxReplyFrame];
    private readonly Utf8Interning _texts = new();
    private readonly ExecGuardProduct _product = new(TimeProvider.System);
    private readonly BrokerSessionEndpoint _broker;
    private readonly LinuxProductChannel _channel;
    private readonly Task<int> _running;
    private readonly List<AuthReply> _replies = [];
    private ulong _request;

    public RunningExecGuard(string contentDirectory)
    {
        (SafeFileHandle brokerEnd, SafeFileHandle productEnd) = SessionSockets.CreatePair();
        Assert.True(BrokerSessionEndpoint.TryCreate(brokerEnd, new BrokerSessionOptions(), TimeProvider.System, out BrokerSessionEndpoint? broker));
        _broker = broker!;
        _channel = LinuxProductChannel.Connect(productEnd);
        _running = Task.Factory.StartNew(
            () => ProductHost.Run(_product, _channel, contentDirectory), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        WaitUntil(() => Subscription is not null);
    }

    public SubscribeRequest? Subscription { get; private set; }

    public ContentLoaded? Content { get; private set; }

    public (ProductHealth Health, string Message) Health { get; private set; }

    /// <summary>Asks about a file as the broker does: by its descriptor.</summary>
    public AuthReply Ask(string path, TimeSpan? deadline = null) => Answer(Post(path, deadline));

    public ulong Post(string path, TimeSpan? deadline = null)
    {
        using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        var question = new AuthQuestion
        {
            RequestId = ++_request,
            Kind = EventKind.Exec,
            Via = ExecVia.Direct,
            Path = path,
            File = new FileIdentity(1, _request, (ulong)RandomAccess.GetLength(file), 0, 0),
            FileMode = 0x8000 | 0x1ED,
            DeadlineNs = MonotonicClock.Nanoseconds(TimeProvider.System) + (long)(deadline ?? Limit).TotalNanoseconds,
            HasDescriptor = true,
        };
        Assert.Equal(AskResult.Asked, _broker.Ask(question, (int)file.DangerousGetHandle()));
        return question.RequestId;
    }

    public AuthReply Answer(ulong request)
    {
        WaitUntil(() => _replies.Exists(reply => reply.RequestId == request));
        return _replies.Find(reply => reply.RequestId == request);
    }

    public void WaitUntil(Func<bool> condition)
    {
        long started = TimeProvider.System.GetTimestamp();
        var spin = default(SpinWait);
        while (true)
        {
            while (_broker.TryReadReply(_buffer, out int length) == RingReadStatus.Frame)
                Take(_buffer.AsSpan(0, length));
            if (condition())
                return;
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
                throw new TimeoutException($"ExecGuard did not do what was waited for; health {Health}");
            spin.SpinOnce();
        }
    }

    /// <summary>Closes the session in order; the product's exit code.</summary>
    public int Close()
    {
        _broker.Close(ClosingReason.Shutdown, "the test is over");
        WaitUntil(() => _running.IsCompleted);
        return _running.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _broker.Dispose();
        _running.Wait(Limit);
        _channel.Dispose();
        _product.Dispose();
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        Assert.Equal(FrameFault.None, FrameHeader.TryRead(frame, out FrameHeader header));
        switch (header.Type)
        {
            case FrameType.Subscribe:
                Assert.Equal(FrameFault.None, SubscribeCodec.TryDecode(frame, _texts, out SubscribeRequest? request));
                Subscription = request;
                break;
            case FrameType.Reply:
                Assert.Equal(FrameFault.None, ReplyCodec.TryDecode(frame, _texts, out AuthReply reply));
                _replies.Add(reply);
                break;
            case FrameType.Health:
                Assert.Equal(FrameFault.None, HealthCodec.TryDecode(frame, _texts, out ProductHealth health, out string message));
                Health = (health, message);
                break;
            case FrameType.ContentLoaded:
                Assert.Equal(FrameFault.None, ContentLoadedCodec.TryDecode(frame, _texts, out ContentLoaded? content));
                Content = content;
                break;
            default:
                Assert.Fail($"frame of type {header.Type}");
                break;
        }
    }
}
