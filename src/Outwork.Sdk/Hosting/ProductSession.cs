using Microsoft.Win32.SafeHandles;
using Outwork.Contracts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;
using Outwork.Sdk.Channel;

namespace Outwork.Sdk.Hosting;

/// <summary>
/// Runs one product over one channel. Every worker receives for itself and judges what it received: no hand-over between
/// threads stands between a question and its answer.
/// </summary>
internal sealed class ProductSession : IDisposable
{
    private static readonly TimeSpan ContentQuiet = TimeSpan.FromMilliseconds(200);

    // The link is exchanged in one step: what comes at once is one change.
    private static readonly TimeSpan PackageQuiet = TimeSpan.FromMilliseconds(10);

    private readonly SecurityProduct _product;
    private static readonly TimeSpan WorkerPatience = TimeSpan.FromSeconds(2);
    private readonly TimeProvider _time;
    private readonly bool _watchContent;
    private readonly HealthLedger _health;
    private readonly Lock _receiveGate = new();
    private readonly Lock _contentGate = new();
    private readonly Utf8Interning _texts = new();
    private ContentWatch? _contentWatch;
    private ContentWatch? _packageWatch;
    private ulong _contentGeneration;
    private ContentLoaded? _content;
    private volatile Connection _connection;
    private ClosingReason? _closing;

    public ProductSession(SecurityProduct product, IProductChannel channel, TimeProvider time, bool watchContent = true)
    {
        _product = product;
        _time = time;
        _watchContent = watchContent;
        _connection = new Connection(channel, time);
        _health = new HealthLedger((health, message) => _connection.Sender.Health(health, message));
    }

    /// <summary>Subscribes, loads content, and works until the session is over. Blocks.</summary>
    /// <param name="sources">Where its content is.</param>
    /// <param name="mayResume">True when <see cref="Resume"/> may follow: then a question that is still being judged holds nothing up for long.</param>
    public ProductExit Run(ContentSources sources, bool mayResume = false)
    {
        _product.Attach(_health);
        if (sources.IsAny)
        {
            // Watched before it is read: a change in between is loaded again rather than missed.
            if (_watchContent && Directory.Exists(sources.Directory))
                _contentWatch = new ContentWatch(sources.Directory, ContentQuiet, () => LoadContent(sources));
            if (_watchContent && sources.Follows && Directory.Exists(sources.PackageDirectory))
                _packageWatch = new ContentWatch(sources.PackageDirectory, PackageQuiet, () => LoadContent(sources), ContentSources.Current);
            LoadContent(sources);
        }

        return Work(_connection, mayResume);
    }

    /// <summary>False when a question of the last session is still being judged, so that the product may hang.</summary>
    public bool CanResume { get; private set; }

    /// <summary>Goes on in a new session with what is loaded, and works until that is over. Blocks. Not before the last one ended.</summary>
    public ProductExit Resume(IProductChannel channel)
    {
        var connection = new Connection(channel, _time);
        lock (_contentGate)
        {
            _connection = connection;
            _health.Repeat();
            if (_content is { } content)
                connection.Sender.ContentLoaded(content);
        }

        return Work(connection, mayResume: true);
    }

    private ProductExit Work(Connection connection, bool mayResume)
    {
        ProductSubscription subscription = _product.Subscription;
        ArgumentOutOfRangeException.ThrowIfLessThan(subscription.Concurrency, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(subscription.Concurrency, SubscribeCodec.MaxConcurrency);
        // Health first and content first: a product that is asked is ready.
        connection.Sender.Subscribe(new SubscribeRequest(
            _product.Name,
            SubscribeRequest.Mask(subscription.Auth),
            SubscribeRequest.Mask(subscription.Notify),
            subscription.WantsDescriptor,
            subscription.Concurrency));
        var workers = new Thread[subscription.Concurrency];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = new Thread(() => Receive(connection)) { IsBackground = true, Name = $"judge {i}" };
            workers[i].Start();
        }

        connection.Channel.WaitForEnd();
        long ended = _time.GetTimestamp();
        foreach (Thread worker in workers)
        {
            // A worker that is about to wait may miss the first wake-up; one that judges finishes its question, whose answer goes
            // nowhere. It does not hold up a new session for long.
            do
            {
                connection.Channel.Close();
                CanResume = mayResume && _time.GetElapsedTime(ended) < WorkerPatience;
            }
            while (!worker.Join(TimeSpan.FromMilliseconds(20)) && (CanResume || !mayResume || _closing is not null));
        }

        return _closing switch
        {
            null => ProductExit.BrokerLost,
            ClosingReason.ProtocolViolation => ProductExit.ProtocolViolation,
            _ => ProductExit.Closed,
        };
    }

    /// <summary>Loads content now, on the caller's thread; one load at a time.</summary>
    public ContentReport LoadContent(ContentSources sources)
    {
        lock (_contentGate)
        {
            ContentReport report;
            try
            {
                string? packaged = sources.FindPackaged();
                if ((sources.Directory ?? packaged) is not { } directory)
                    return ContentReport.None;
                _product.PackagedContent = packaged;
                report = _product.LoadContent(directory);
            }
#pragma warning disable CA1031 // Content is hostile and a product's loader is not ours: whatever it throws is a refusal.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                report = new ContentReport(Accepted: false, "", $"{fault.GetType().Name}: {fault.Message}");
            }

            if (ReferenceEquals(report, ContentReport.None))
                return report;
            if (!report.Accepted)
            {
                _health.Fault(HostFault.Content, report.Message);
                return report;
            }

            // Increased after the new content is in force: a question judged in between names the old generation, so that at
            // worst a good answer is not reused.
            ulong generation = _contentGeneration + 1;
            Volatile.Write(ref _contentGeneration, generation);
            _content = new ContentLoaded(generation, report.Version, report.Message);
            _connection.Sender.ContentLoaded(_content);
            _health.Cleared(HostFault.Content);
            return report;
        }
    }

    public void Dispose()
    {
        _contentWatch?.Dispose();
        _packageWatch?.Dispose();
    }

    private void Receive(Connection connection)
    {
        byte[] buffer = new byte[FrameLimits.MaxEventFrame];
        using var deadline = new DeadlineToken(_time);
        while (true)
        {
            ReceiveStatus status;
            AuthQuestion? question = null;
            SafeFileHandle? file;
            lock (_receiveGate)
            {
                status = connection.Channel.TryReceive(buffer, out int length, out file);
                if (status == ReceiveStatus.Frame)
                    question = Take(connection, buffer.AsSpan(0, length));
            }

            using (file)
            {
                if (question is not null)
                    Answer(connection, question, file, deadline);
            }

            if (status == ReceiveStatus.Ended)
                return;
            if (status == ReceiveStatus.Empty)
                connection.Channel.WaitForFrames();
        }
    }

    /// <summary>Handles everything but questions at once, under the gate: notifications stay in order and one at a time.</summary>
    private AuthQuestion? Take(Connection connection, ReadOnlySpan<byte> frame)
    {
        // The broker is trusted, and of another version perhaps: a type that is not known is skipped.
        if (FrameHeader.TryRead(frame, out FrameHeader header) != FrameFault.None)
            return null;
        switch (header.Type)
        {
            case FrameType.AuthRequest:
                AuthRequestCodec.TryDecode(frame, _texts, out AuthQuestion? question);
                return question;
            case FrameType.Notify:
                NotifyCodec.TryDecode(frame, _texts, out NotifyEvent? notification);
                Observe(notification);
                return null;
            case FrameType.Gap:
                GapCodec.TryDecode(frame, _texts, out NotifyEvent? gap);
                Observe(gap);
                return null;
            case FrameType.Closing:
                if (ClosingCodec.TryDecode(frame, _texts, out ClosingReason reason, out _) == FrameFault.None)
                    _closing = reason;
                connection.Channel.Close();
                return null;
            default:
                return null;
        }
    }

    private void Answer(Connection connection, AuthQuestion question, SafeFileHandle? file, DeadlineToken deadline)
    {
        ulong generation = Volatile.Read(ref _contentGeneration);
        Judgement judgement;
        // The token's timer may be a moment early; who was told that time is over is late.
        bool isExpired = false;
        if (question.HasDescriptor && file is null)
        {
            judgement = Judgement.Failed("the file's descriptor could not be received");
        }
        else
        {
            CancellationToken token = deadline.Start(question.DeadlineNs - MonotonicClock.Nanoseconds(_time));
            try
            {
                judgement = _product.Judge(question, file, token);
            }
#pragma warning disable CA1031 // A product's bug must not end its session: the broker is told, and on-failure applies.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                judgement = Judgement.Failed($"{fault.GetType().Name}: {fault.Message}");
            }

            isExpired = token.IsCancellationRequested;
            deadline.Stop();
        }

        // The broker does not take a late answer, so it must not be kept either.
        bool late = isExpired || question.DeadlineNs < MonotonicClock.Nanoseconds(_time);
        Verdict verdict = judgement.Verdict is Verdict.Allow or Verdict.Deny ? judgement.Verdict : Verdict.None;
        // The answer first, then the talk about it. A late one is sent too: the broker counts it.
        connection.Sender.Reply(new AuthReply(question.RequestId, verdict, judgement.Cacheable && !late, generation, judgement.Reason));
        if (verdict == Verdict.None)
            _health.Fault(HostFault.Judging, "could not judge: " + judgement.Reason);
        else
            _health.Cleared(HostFault.Judging);
    }

    // One session's way to its broker. An answer goes where its question came from: the numbers of another broker's questions
    // mean something else.
    private sealed class Connection(IProductChannel channel, TimeProvider time)
    {
        public IProductChannel Channel { get; } = channel;

        public ReplySender Sender { get; } = new(channel, time);
    }

    private void Observe(NotifyEvent? notification)
    {
        if (notification is null)
            return;
        try
        {
            _product.Observe(notification);
            _health.Cleared(HostFault.Observing);
        }
#pragma warning disable CA1031 // As for Judge.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _health.Fault(HostFault.Observing, $"could not observe: {fault.GetType().Name}: {fault.Message}");
        }
    }
}
