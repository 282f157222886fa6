using Outwork.Broker.Sessions;
using Outwork.Contracts.Events;
using Outwork.Contracts.Wire;
using Outwork.Platform.Linux.Sessions;

namespace Outwork.Sdk.Tests.Sessions;

/// <summary>Storms against a product that reads too slowly, over the real rings (R6).</summary>
public sealed unsafe class OverloadedRingTests : IDisposable
{
    private const int Storm = 500, Events = 200_000;
    private readonly TestBroker _broker;
    private readonly RawProduct _product;
    private readonly SessionRegistry _sessions = new(TimeProvider.System);
    private readonly ProductSession _session;
    private readonly RingReader _reader;
    private readonly Utf8Interning _texts = new();
    private readonly byte[] _buffer = new byte[FrameLimits.MaxEventFrame];
    private readonly List<NotifyEvent> _told = [];
    private ulong _sequence;

    public OverloadedRingTests()
    {
        var (brokerEnd, productEnd) = SessionSockets.CreatePair();
        _broker = new TestBroker(brokerEnd, new BrokerSessionOptions { EventsCapacity = 64 * 1024, RepliesCapacity = 64 * 1024 });
        _product = new RawProduct(productEnd);
        _session = new ProductSession("p", 1, new ProductTransport(_broker.Endpoint));
        EventKind[] told = [EventKind.Fork, EventKind.Exec, EventKind.Exit];
        _session.Subscribe(new SubscribeRequest("p", SubscribeRequest.Mask([EventKind.Exec]), SubscribeRequest.Mask(told), WantsDescriptor: false, 1));
        _sessions.Add(_session);
        _reader = new RingReader(
            _product.EventsRegion.Ring, _product.Sizes.EventsCapacity, _product.EventsRegion.Counter(RingLayout.Head),
            _product.Region.Counter(RingLayout.PeerTail), FrameLimits.MaxEventFrame);
    }

    public void Dispose()
    {
        _product.Dispose();
        _broker.Dispose();
    }

    [Fact]
    public void Product_that_reads_nothing_can_still_be_asked_after_any_storm()
    {
        for (int i = 0; i < Events; i++) Raise(i);
        _sessions.TellGaps();
        Assert.InRange(_broker.Endpoint.PercentUsed, 40, 76);
        int asked = 0;
        while (_broker.Endpoint.Ask(TestBroker.Exec("/usr/bin/program"), -1) == AskResult.Asked) asked++;
        Assert.InRange(asked, 50, 1_000);
        Assert.Equal((ulong)Events, _session.Delivered + _broker.Endpoint.Lost);
    }

    [Fact]
    public void Slow_product_is_told_of_every_event_or_how_many_of_which_it_missed()
    {
        var random = new Random(3);
        int questions = 0;
        for (int i = 0; i < Events; i++)
        {
            Raise(i);
            if (random.Next(3) == 0) Read(1);
            if (i % 50 != 0) continue;
            questions++;
            Assert.Equal(AskResult.Asked, _broker.Endpoint.Ask(TestBroker.Exec("/usr/bin/program"), -1));
        }
        Read(int.MaxValue);
        _sessions.TellGaps();
        Read(int.MaxValue);

        var gaps = _told.Where(static e => e.Kind == EventKind.Gap).ToList();
        ulong lost = gaps.Aggregate(0ul, static (sum, gap) => sum + gap.Lost);
        Assert.InRange(lost, 10_000ul, (ulong)Events);
        Assert.Equal((ulong)_told.Count + lost, _sequence);
        Assert.Equal((ulong)Events, lost + (ulong)(_told.Count - gaps.Count - questions));
        Assert.All(gaps, static gap => Assert.Equal(gap.Lost, gap.Losses.Aggregate(0ul, static (sum, loss) => sum + loss.Events)));
        // Nearly all that was lost is the storm's; of the quiet ones little.
        ulong ofStorm = gaps.SelectMany(static gap => gap.Losses).Where(static l => l.Pid == Storm).Aggregate(0ul, static (sum, loss) => sum + loss.Events);
        Assert.True(ofStorm * 100 > lost * 95, $"{ofStorm} of {lost}");
    }

    // Nine of ten events are of one process, the others of fifty quiet ones.
    private void Raise(int i)
    {
        int cause = i % 10 == 0 ? 1_000 + (i / 10 % 50) : Storm;
        var kind = (i / 10 % 3) switch { 0 => EventKind.Fork, 1 => EventKind.Exec, _ => EventKind.Exit };
        _sessions.Notify(new NotifyEvent
        {
            Kind = kind, TimeUnixNs = 1, Process = new ProcessInfo { Id = ProcessId.From(1, 10_000 + i, 1), Pid = 10_000 + i, ParentPid = cause },
        });
    }

    // Reads frames; their numbers only grow.
    private void Read(int most)
    {
        for (; most > 0 && _reader.TryRead(_buffer, out int length) == RingReadStatus.Frame; most--)
        {
            var frame = _buffer.AsSpan(0, length);
            Assert.Equal(FrameFault.None, FrameHeader.TryRead(frame, out var header));
            NotifyEvent? e = null;
            if (header.Type == FrameType.AuthRequest) e = new NotifyEvent { Kind = EventKind.Open, TimeUnixNs = 1 };
            else if (header.Type == FrameType.Gap) Assert.Equal(FrameFault.None, GapCodec.TryDecode(frame, _texts, out e));
            else Assert.Equal(FrameFault.None, NotifyCodec.TryDecode(frame, _texts, out e));
            _told.Add(e!);
            Assert.True(header.Sequence > _sequence);
            _sequence = header.Sequence;
        }
    }
}
