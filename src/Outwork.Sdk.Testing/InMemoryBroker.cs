using Microsoft.Win32.SafeHandles;
using Outwork.Contracts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Products;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;
using Outwork.Sdk.Hosting;

namespace Outwork.Sdk.Testing;

/// <summary>
/// A broker for a vendor's unit tests: runs one product through the SDK's real session and the real wire format, in this
/// process, with a clock that the test moves. Needs no privilege and no operating system in particular.
/// </summary>
/// <remarks>
/// The product runs on threads of its own, as in production. A call that would need the product for more than
/// <see cref="RealTimeLimit"/> of real time throws <see cref="TimeoutException"/>: the product hangs, or waits for the clock.
/// Thread-safe.
/// </remarks>
public sealed class InMemoryBroker : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Pending> _pending = [];
    private readonly Utf8Interning _texts = new();
    private readonly TaskCompletionSource<SubscribeRequest> _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly InMemoryChannel _channel;
    private readonly ProductSession _session;
    private readonly Thread _thread;
    private ulong _requests;
    private ulong _sequence;

    /// <summary>Starts the product; returns when it has loaded its content and subscribed.</summary>
    /// <param name="product">The product; it belongs to this broker.</param>
    /// <param name="contentDirectory">Its content directory, or null. It is not watched: see <see cref="ReloadContent"/>.</param>
    public InMemoryBroker(SecurityProduct product, string? contentDirectory = null)
    {
        _channel = new InMemoryChannel(Take);
        _session = new ProductSession(product, _channel, Clock, watchContent: false);
        Exception? fault = null;
        _thread = new Thread(() =>
        {
            try
            {
                _session.Run(new ContentSources(contentDirectory));
            }
#pragma warning disable CA1031 // Handed on to the test's thread.
            catch (Exception thrown)
#pragma warning restore CA1031
            {
                fault = thrown;
                _subscribed.TrySetCanceled();
            }
        })
        { IsBackground = true, Name = "product" };
        _thread.Start();
        try
        {
            Subscription = Within(_subscribed.Task);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException("the product could not start: " + fault?.Message, fault);
        }
    }

    /// <summary>How long, in real time, the product may take for what the test waits for.</summary>
    public static TimeSpan RealTimeLimit => TimeSpan.FromSeconds(10);

    /// <summary>The product's time and the broker's.</summary>
    public FakeClock Clock { get; } = new();

    /// <summary>Time given for questions that name no deadline of their own.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>What the product subscribed to.</summary>
    public SubscribeRequest Subscription { get; }

    /// <summary>What the product last said of itself.</summary>
    public ProductHealth Health { get; private set; }

    /// <summary>The sentence that came with it.</summary>
    public string HealthMessage { get; private set; } = "";

    /// <summary>The content in force, as the product reported it; null until it reports one.</summary>
    public ContentLoaded? Content { get; private set; }

    /// <summary>Answers that came after their deadline.</summary>
    public int LateReplies { get; private set; }

    /// <summary>An execution of a file, to be changed with <c>with</c>; ids and deadline are filled in when it is asked.</summary>
    public static AuthQuestion Exec(string path) =>
        new() { RequestId = 0, DeadlineNs = 0, Kind = EventKind.Exec, Via = ExecVia.Direct, Path = path, Pid = 1000, ParentPid = 1, UserId = 1000 };

    /// <summary>Asks and waits for the answer.</summary>
    /// <param name="question">The question; a deadline of 0 is replaced by <see cref="Deadline"/> from now.</param>
    /// <param name="content">Bytes of the file, passed as an open descriptor if the product wants one; null for none.</param>
    /// <exception cref="TimeoutException">Neither an answer nor the deadline came: see <see cref="AskAsync"/> to move the clock meanwhile.</exception>
    public AskOutcome Ask(AuthQuestion question, byte[]? content = null) => Within(AskAsync(question, content));

    /// <summary>Asks; the task completes with the answer, or when <see cref="Clock"/> is moved past the deadline.</summary>
    /// <param name="question">As for <see cref="Ask"/>.</param>
    /// <param name="content">As for <see cref="Ask"/>.</param>
    public Task<AskOutcome> AskAsync(AuthQuestion question, byte[]? content = null)
    {
        if (!Subscription.Asks(question.Kind))
            throw new InvalidOperationException($"{Subscription.Name} did not subscribe to be asked about {question.Kind}");
        SafeFileHandle? file = content is not null && Subscription.WantsDescriptor ? Open(content) : null;
        long now = MonotonicClock.Nanoseconds(Clock);
        long deadline = question.DeadlineNs != 0 ? question.DeadlineNs : now + (Deadline.Ticks * 100);
        var pending = new Pending { DeadlineNs = deadline };
        lock (_gate)
        {
            ulong id = ++_requests;
            _pending.Add(id, pending);
            // Made before the product hears of the question: at the deadline this timer runs before the product's token.
            pending.Timer = Clock.CreateTimer(_ => Miss(id), null, TimeSpan.FromTicks(Math.Max(deadline - now, 0) / 100), Timeout.InfiniteTimeSpan);
            AuthQuestion asked = question with
            {
                RequestId = id,
                DeadlineNs = deadline,
                HasDescriptor = file is not null,
                File = question.File.IsNone ? new FileIdentity(1, id, (ulong)(content?.Length ?? 0), 0, 0) : question.File,
            };
            byte[] frame = new byte[FrameLimits.MaxEventFrame];
            Post(frame, AuthRequestCodec.Encode(frame, asked, now), file);
        }

        return pending.Outcome.Task;
    }

    /// <summary>Tells the product and waits until it has observed.</summary>
    /// <exception cref="TimeoutException">It did not return from Observe, or all of its threads judge.</exception>
    public void Notify(NotifyEvent notification)
    {
        if (!Subscription.Tells(notification.Kind) && notification.Kind != EventKind.Gap)
            throw new InvalidOperationException($"{Subscription.Name} did not subscribe to be told of {notification.Kind}");
        long now = MonotonicClock.Nanoseconds(Clock);
        byte[] frame = new byte[FrameLimits.MaxEventFrame];
        lock (_gate)
        {
            int length = notification.Kind == EventKind.Gap
                ? GapCodec.Encode(frame, notification.Lost, notification.Detail, notification.TimeUnixNs, now, notification.Losses)
                : NotifyCodec.Encode(frame, notification, now);
            Post(frame, length, file: null);
        }

        if (!_channel.WaitUntilTaken(RealTimeLimit))
            throw new TimeoutException($"{Subscription.Name} did not observe {notification.Kind}");
    }

    /// <summary>Makes the product load content, as a change of its directory would, and waits for it.</summary>
    /// <returns>What the product reported; <see cref="Health"/> and <see cref="Content"/> say what the broker heard of it.</returns>
    public ContentReport ReloadContent(string directory, string? packaged = null) =>
        _session.LoadContent(new ContentSources(directory, Path.GetDirectoryName(packaged), Path.GetFileName(packaged)));

    /// <summary>Ends the session. A product that still judges has <see cref="RealTimeLimit"/> to return.</summary>
    public void Dispose()
    {
        byte[] frame = new byte[FrameLimits.MaxEventFrame];
        lock (_gate)
            Post(frame, ClosingCodec.Encode(frame, ClosingReason.Shutdown, "", MonotonicClock.Nanoseconds(Clock)), file: null);
        _thread.Join(RealTimeLimit);
        _session.Dispose();
        _channel.Dispose();
    }

    private void Post(Span<byte> frame, int length, SafeFileHandle? file)
    {
        FrameHeader.SetSequence(frame, ++_sequence);
        _channel.Post(frame[..length], file);
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            FrameFault fault = FrameHeader.TryRead(frame, out FrameHeader header);
            switch (header.Type)
            {
                case FrameType.Subscribe when SubscribeCodec.TryDecode(frame, _texts, out SubscribeRequest? request) == FrameFault.None:
                    _subscribed.TrySetResult(request!);
                    break;
                case FrameType.Reply when ReplyCodec.TryDecode(frame, _texts, out AuthReply reply) == FrameFault.None:
                    Complete(reply);
                    break;
                case FrameType.Health when HealthCodec.TryDecode(frame, _texts, out ProductHealth health, out string message) == FrameFault.None:
                    (Health, HealthMessage) = (health, message);
                    break;
                case FrameType.ContentLoaded when ContentLoadedCodec.TryDecode(frame, _texts, out ContentLoaded? content) == FrameFault.None:
                    Content = content;
                    break;
                default:
                    throw new InvalidOperationException($"the SDK sent a malformed frame: type {header.Type}, {fault}");
            }
        }
    }

    private void Complete(in AuthReply reply)
    {
        if (!_pending.Remove(reply.RequestId, out Pending? pending))
        {
            LateReplies++;
            return;
        }

        pending.Timer?.Dispose();
        // The clock has been moved, and its timers are about to run.
        if (MonotonicClock.Nanoseconds(Clock) >= pending.DeadlineNs)
        {
            LateReplies++;
            pending.Outcome.SetResult(new AskOutcome(VerdictFailure.DeadlineMissed, default));
            return;
        }

        pending.Outcome.SetResult(new AskOutcome(
            reply.Verdict == Verdict.None ? VerdictFailure.ProductCrashed : VerdictFailure.None, reply));
    }

    private void Miss(ulong id)
    {
        lock (_gate)
        {
            if (!_pending.Remove(id, out Pending? pending))
                return;
            pending.Timer?.Dispose();
            pending.Outcome.SetResult(new AskOutcome(VerdictFailure.DeadlineMissed, default));
        }
    }

    private static SafeFileHandle Open(byte[] content)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(path, content);
        return File.OpenHandle(path, options: FileOptions.DeleteOnClose);
    }

    private static T Within<T>(Task<T> task)
    {
        // A test's thread waits here on purpose; there is no synchronisation context that it could block.
        if (Task.WaitAny([task], RealTimeLimit) < 0)
            throw new TimeoutException("the product did not answer, and the clock was not moved past the deadline");
        return task.GetAwaiter().GetResult();
    }

    private sealed class Pending
    {
        public TaskCompletionSource<AskOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public required long DeadlineNs { get; init; }

        public ITimer? Timer { get; set; }
    }
}
