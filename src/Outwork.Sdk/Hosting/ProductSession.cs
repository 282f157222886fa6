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

    private readonly SecurityProduct _product;
    private readonly IProductChannel _channel;
    private readonly TimeProvider _time;
    private readonly bool _watchContent;
    private readonly ReplySender _sender;
    private readonly HealthLedger _health;
    private readonly Lock _receiveGate = new();
    private readonly Lock _contentGate = new();
    private readonly Utf8Interning _texts = new();
    private ContentWatch? _contentWatch;
    private ulong _contentGeneration;
    private ClosingReason? _closing;

    public ProductSession(SecurityProduct product, IProductChannel channel, TimeProvider time, bool watchContent = true)
    {
        _product = product;
        _channel = channel;
        _time = time;
        _watchContent = watchContent;
        _sender = new ReplySender(channel, time);
        _health = new HealthLedger(_sender.Health);
    }

    /// <summary>Subscribes, loads content, and works until the session is over. Blocks.</summary>
    public ProductExit Run(string? contentDirectory)
    {
        ProductSubscription subscription = _product.Subscription;
        ArgumentOutOfRangeException.ThrowIfLessThan(subscription.Concurrency, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(subscription.Concurrency, SubscribeCodec.MaxConcurrency);
        _product.Attach(_health);
        if (contentDirectory is not null)
        {
            // Watched before it is read: a change in between is loaded again rather than missed.
            if (_watchContent && Directory.Exists(contentDirectory))
                _contentWatch = new ContentWatch(contentDirectory, ContentQuiet, () => LoadContent(contentDirectory));
            LoadContent(contentDirectory);
        }

        // Health first and content first: a product that is asked is ready.
        _sender.Subscribe(new SubscribeRequest(
            _product.Name,
            SubscribeRequest.Mask(subscription.Auth),
            SubscribeRequest.Mask(subscription.Notify),
            subscription.WantsDescriptor,
            subscription.Concurrency));
        var workers = new Thread[subscription.Concurrency];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = new Thread(Work) { IsBackground = true, Name = $"judge {i}" };
            workers[i].Start();
        }

        _channel.WaitForEnd();
        foreach (Thread worker in workers)
        {
            // A worker that is about to wait may miss the first wake-up; one that judges finishes its question.
            do
            {
                _channel.Close();
            }
            while (!worker.Join(TimeSpan.FromMilliseconds(20)));
        }

        return _closing switch
        {
            null => ProductExit.BrokerLost,
            ClosingReason.ProtocolViolation => ProductExit.ProtocolViolation,
            _ => ProductExit.Closed,
        };
    }

    /// <summary>Loads content now, on the caller's thread; one load at a time.</summary>
    public ContentReport LoadContent(string directory)
    {
        lock (_contentGate)
        {
            ContentReport report;
            try
            {
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
            _sender.ContentLoaded(new ContentLoaded(generation, report.Version, report.Message));
            _health.Cleared(HostFault.Content);
            return report;
        }
    }

    public void Dispose() => _contentWatch?.Dispose();

    private void Work()
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
                status = _channel.TryReceive(buffer, out int length, out file);
                if (status == ReceiveStatus.Frame)
                    question = Take(buffer.AsSpan(0, length));
            }

            using (file)
            {
                if (question is not null)
                    Answer(question, file, deadline);
            }

            if (status == ReceiveStatus.Ended)
                return;
            if (status == ReceiveStatus.Empty)
                _channel.WaitForFrames();
        }
    }

    /// <summary>Handles everything but questions at once, under the gate: notifications stay in order and one at a time.</summary>
    private AuthQuestion? Take(ReadOnlySpan<byte> frame)
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
                _channel.Close();
                return null;
            default:
                return null;
        }
    }

    private void Answer(AuthQuestion question, SafeFileHandle? file, DeadlineToken deadline)
    {
        ulong generation = Volatile.Read(ref _contentGeneration);
        Judgement judgement;
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

            deadline.Stop();
        }

        // The broker does not take a late answer, so it must not be kept either.
        bool late = question.DeadlineNs < MonotonicClock.Nanoseconds(_time);
        Verdict verdict = judgement.Verdict is Verdict.Allow or Verdict.Deny ? judgement.Verdict : Verdict.None;
        // The answer first, then the talk about it. A late one is sent too: the broker counts it.
        _sender.Reply(new AuthReply(question.RequestId, verdict, judgement.Cacheable && !late, generation, judgement.Reason));
        if (verdict == Verdict.None)
            _health.Fault(HostFault.Judging, "could not judge: " + judgement.Reason);
        else
            _health.Cleared(HostFault.Judging);
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
