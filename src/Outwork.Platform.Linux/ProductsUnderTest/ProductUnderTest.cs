using Microsoft.Win32.SafeHandles;
using Outwork.Contracts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Products;
using Outwork.Contracts.Wire;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Reactor;
using Outwork.Platform.Linux.Sessions;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;

namespace Outwork.Platform.Linux.ProductsUnderTest;

/// <summary>
/// A product's process and the broker's end of its session, over the real transport. One thread; that thread must live as
/// long as the product, which ends with it. The process is ended on dispose.
/// </summary>
public sealed class ProductUnderTest : IDisposable
{
    // A product that floods must not keep the reading turn for ever.
    private const int FramesOfTurn = 4096;

    private readonly IProductStart _start;
    private readonly BrokerSessionEndpoint _endpoint;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancellation;
    private readonly byte[] _buffer = new byte[FrameLimits.MaxReplyFrame];
    private readonly byte[] _event = new byte[FrameLimits.MaxEventFrame];
    private readonly Utf8Interning _texts = new();
    private readonly DescriptorPoll _poll = new();

    // Edge-triggered, as in the broker: the product can read and fill the wake-up too, so whoever reads it may wait for ever.
    private readonly Epoll _wake = new();
    private ulong _inode;

    private ProductUnderTest(
        IProductStart start, LaunchedProcess process, BrokerSessionEndpoint endpoint, LogDrain log, RefusedAttempts refused, TimeProvider time,
        CancellationToken cancellation)
    {
        _start = start;
        Process = process;
        _endpoint = endpoint;
        Log = log;
        Refused = refused;
        _time = time;
        _cancellation = cancellation;
        _wake.Add((int)endpoint.ReplyWake.DangerousGetHandle(), PollFor.Read | PollFor.Edge, token: 1);
    }

    /// <summary>Its process.</summary>
    public LaunchedProcess Process { get; }

    /// <summary>What it writes to standard output and error.</summary>
    public LogDrain Log { get; }

    /// <summary>Always empty for a product that is not confined.</summary>
    public RefusedAttempts Refused { get; }

    /// <summary>What it was asked, and answered.</summary>
    public QuestionLedger Ledger { get; } = new();

    /// <summary>What it wants to be asked and told; null before it subscribed.</summary>
    public SubscribeRequest? Subscription { get; private set; }

    /// <summary>The content that it says is in force; null before.</summary>
    public ContentLoaded? Content { get; private set; }

    /// <summary>What it says of itself.</summary>
    public ProductHealth Health { get; private set; }

    /// <summary>And in words.</summary>
    public string HealthMessage { get; private set; } = "";

    /// <summary>Frames that are not replies: subscriptions, health, content.</summary>
    public int OtherFrames { get; private set; }

    /// <summary>Frames that could not be read.</summary>
    public int Malformed { get; private set; }

    /// <summary>What was wrong with the first of them.</summary>
    public string FirstMalformed { get; private set; } = "";

    /// <summary>How its process ended; null while it runs.</summary>
    public ProcessExit? Exit { get; private set; }

    /// <summary>It closed its session.</summary>
    public bool HungUp { get; private set; }

    /// <summary>It broke its ring.</summary>
    public bool RingBroken { get; private set; }

    /// <summary>Nothing more can be asked.</summary>
    public bool Gone => Exit is not null || HungUp || RingBroken;

    /// <summary>Starts it; returns null and why not.</summary>
    /// <param name="start">How.</param>
    /// <param name="time">Clocks.</param>
    /// <param name="refusal">Why not.</param>
    /// <param name="cancellation">Ends every wait for the product, with an <see cref="OperationCanceledException"/>.</param>
    public static ProductUnderTest? Launch(IProductStart start, TimeProvider time, out string refusal, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(start);
        refusal = start.Refusal ?? "";
        if (refusal.Length > 0)
            return null;
        var log = new LogDrain();
        (SafeFileHandle brokerEnd, SafeFileHandle productEnd) = SessionSockets.CreatePair();
        SocketPair reporter = SocketPair.CreateSequencedPackets();
        var refused = new RefusedAttempts(reporter.First, start.User);
        LaunchResult launched;
        using (productEnd)
        using (reporter.Second)
            launched = new LinuxProcessLauncher().Start(start.Spec(productEnd, log.Writer, reporter.Second));
        log.ForgetWriter();
        refusal = launched.Refusal ?? "";
        if (launched.Process is { } process)
        {
            if (BrokerSessionEndpoint.TryCreate(brokerEnd, new BrokerSessionOptions(), time, out BrokerSessionEndpoint? endpoint))
                return new ProductUnderTest(start, process, endpoint!, log, refused, time, cancellation);
            refusal = "ended at once";
            process.Kill();
            _ = process.WaitForExit(TimeSpan.FromSeconds(1));
            process.Dispose();
        }

        brokerEnd.Dispose();
        refused.Dispose();
        log.Dispose();
        return null;
    }

    /// <summary>Notifications that found no room because the product did not keep up.</summary>
    public ulong Lost => _endpoint.Lost;

    /// <summary>Tells of an event of a process; <see cref="WakeUp"/> follows after a batch.</summary>
    public void Tell(EventKind kind, int number)
    {
        long now = MonotonicClock.Nanoseconds(_time);
        var notification = new NotifyEvent
        {
            Kind = kind,
            TimeUnixNs = _time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000,
            Process = new ProcessInfo { Id = ProcessId.From(1, number, (ulong)number), Pid = number, Executable = "/usr/bin/true" },
        };
        _ = _endpoint.Deliver(_event.AsSpan(0, NotifyCodec.Encode(_event, notification, now)));
    }

    /// <summary>Wakes it after a batch of events.</summary>
    public void WakeUp() => _endpoint.WakeIfSleeping();

    /// <summary>Asks; null when there was no room until the deadline or the product is gone.</summary>
    public AskedQuestion? Ask(SampleFile sample, TimeSpan deadline, bool prejudged = false)
    {
        ArgumentNullException.ThrowIfNull(sample);
        long now = MonotonicClock.Nanoseconds(_time);
        EventKind kind = Subscription!.Asks(EventKind.Exec) ? EventKind.Exec : EventKind.Open;
        var question = new AuthQuestion
        {
            RequestId = 0,
            Kind = kind,
            Via = kind == EventKind.Exec ? sample.Via : ExecVia.None,
            DeadlineNs = 0,
            // Each its own identity, so that nothing a product may keep of earlier ones answers for it.
            File = new FileIdentity(1, ++_inode, (ulong)sample.Length, now, now),
            FileMode = SampleFile.RegularExecutable,
            Path = sample.Path,
            Pid = Environment.ProcessId,
            Executable = Environment.ProcessPath ?? "",
            IsPrejudged = prejudged,
        };
        return Ask(question, sample.File, deadline);
    }

    /// <summary>Asks a question made elsewhere; null when there was no room until the deadline or the product is gone.</summary>
    /// <param name="question">Its number, its deadline and whether it brings a descriptor are set here.</param>
    /// <param name="file">Open for reading, stays the caller's; null for none.</param>
    /// <param name="deadline">From now.</param>
    public AskedQuestion? Ask(AuthQuestion question, SafeFileHandle? file, TimeSpan deadline)
    {
        long now = MonotonicClock.Nanoseconds(_time);
        AskedQuestion asked = Ledger.Add(now, now + (deadline.Ticks * 100));
        bool passed = file is not null && Subscription!.WantsDescriptor;
        AuthQuestion complete = question with { RequestId = asked.Id, DeadlineNs = asked.DeadlineNs, HasDescriptor = passed };
        int descriptor = passed ? (int)file!.DangerousGetHandle() : -1;
        AskResult result = AskResult.QueueFull;
        if (!Gone && WaitUntil(() => (result = _endpoint.Ask(complete, descriptor)) != AskResult.QueueFull, deadline) && result == AskResult.Asked)
            return asked;
        Ledger.GiveUp(asked);
        return null;
    }

    /// <summary>Asks and waits until the answer, the deadline, or the product's end.</summary>
    public AskedQuestion? AskAndWait(SampleFile sample, TimeSpan deadline, bool prejudged = false)
    {
        AskedQuestion? asked = Ask(sample, deadline, prejudged);
        if (asked is null)
            return null;
        _ = WaitUntil(() => asked.Reply is not null, deadline);
        Ledger.GiveUp(asked);
        return asked;
    }

    /// <summary>Reads and sleeps, as the broker does, until the condition holds; false after the limit or when the product is gone.</summary>
    public bool WaitUntil(Func<bool> condition, TimeSpan limit)
    {
        long started = _time.GetTimestamp();
        while (true)
        {
            _cancellation.ThrowIfCancellationRequested();
            ReadAll();
            if (condition())
                return true;
            TimeSpan left = limit - _time.GetElapsedTime(started);
            if (Gone || left <= TimeSpan.Zero)
                return false;
            Sleep(left < Turn ? left : Turn);
        }
    }

    /// <summary>Tells the product that the session ends; it stays readable.</summary>
    /// <param name="why">For people.</param>
    public void CloseSession(string why) => _endpoint.Close(ClosingReason.Shutdown, why);

    /// <summary>The broker is gone, without a word.</summary>
    public void LoseSession() => _endpoint.Dispose();

    /// <summary>Goes on reading until the process has ended; its exit, or null after the limit.</summary>
    public ProcessExit? WaitForExit(TimeSpan limit)
    {
        long started = _time.GetTimestamp();
        while (Exit is null && _time.GetElapsedTime(started) < limit)
        {
            _cancellation.ThrowIfCancellationRequested();
            ReadAll();
            Sleep(Turn);
        }

        ReadAll();
        return Exit;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _wake.Dispose();
        _endpoint.Dispose();
        if (Exit is null)
        {
            Process.Kill();
            _ = Process.WaitForExit(TimeSpan.FromSeconds(5));
        }

        Process.Dispose();
        _start.EndWhatIsLeft();
        Refused.Dispose();
        Log.Dispose();
    }

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);

    private void Sleep(TimeSpan limit)
    {
        _endpoint.SetSleeping(true);
        _poll.Clear();
        int ended = _poll.Add(Process.Handle);
        int attempts = Refused.Handle is { } handle ? _poll.Add(handle) : -1;
        int wake = HungUp || _endpoint.IsBroken ? -1 : _poll.Add(_wake.Handle);
        int socket = wake < 0 ? -1 : _poll.Add(_endpoint.Socket);
        // Looked at without waiting when there are replies: a refused caller waits for its answer.
        _poll.Wait(_endpoint.HasReplies ? TimeSpan.Zero : limit);
        _endpoint.SetSleeping(false);
        if (attempts >= 0 && _poll.IsReady(attempts))
            Refused.Take();
        if (wake >= 0 && _poll.IsReady(wake))
            _ = _wake.Wait(stackalloc PollResult[1], timeoutMs: 0);
        // A product has nothing to send there: what makes it ready is its end, or a product that broke the protocol.
        HungUp |= socket >= 0 && _poll.IsReady(socket);
        if (_poll.IsReady(ended))
        {
            Exit ??= Process.TryGetExit();
            ReadAll();
        }
    }

    private void ReadAll()
    {
        for (int i = 0; i < FramesOfTurn; i++)
        {
            RingReadStatus status = _endpoint.TryReadReply(_buffer, out int length);
            RingBroken |= status == RingReadStatus.Broken;
            if (status != RingReadStatus.Frame)
                return;
            Take(_buffer.AsSpan(0, length));
        }
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        FrameFault fault = FrameHeader.TryRead(frame, out FrameHeader header);
        if (fault == FrameFault.None)
            fault = header.Type == FrameType.Reply ? TakeReply(frame) : TakeOther(frame, header.Type);
        if (fault == FrameFault.None)
            return;
        if (Malformed++ == 0)
            FirstMalformed = $"{fault} in a frame of type {(ushort)header.Type}";
    }

    private FrameFault TakeReply(ReadOnlySpan<byte> frame)
    {
        FrameFault fault = ReplyCodec.TryDecode(frame, _texts, out AuthReply reply);
        if (fault == FrameFault.None)
            Ledger.Take(reply, MonotonicClock.Nanoseconds(_time));
        return fault;
    }

    private FrameFault TakeOther(ReadOnlySpan<byte> frame, FrameType type)
    {
        OtherFrames++;
        FrameFault fault;
        switch (type)
        {
            case FrameType.Subscribe:
                fault = SubscribeCodec.TryDecode(frame, _texts, out SubscribeRequest? request);
                Subscription = request ?? Subscription;
                return fault;
            case FrameType.Health:
                fault = HealthCodec.TryDecode(frame, _texts, out ProductHealth health, out string message);
                if (fault == FrameFault.None)
                    (Health, HealthMessage) = (health, message);
                return fault;
            case FrameType.ContentLoaded:
                fault = ContentLoadedCodec.TryDecode(frame, _texts, out ContentLoaded? content);
                Content = content ?? Content;
                return fault;
            default:
                return FrameFault.UnexpectedType;
        }
    }
}
