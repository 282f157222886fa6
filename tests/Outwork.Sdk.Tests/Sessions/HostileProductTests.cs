using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;
using Outwork.Platform.Linux;
using Outwork.Platform.Linux.Sessions;
using Outwork.Sdk.Tests.Wire;

namespace Outwork.Sdk.Tests.Sessions;

/// <summary>Attacks of a product on the broker's end of its session.</summary>
public sealed unsafe class HostileProductTests : IDisposable
{
    private readonly TestBroker _broker;
    private readonly RawProduct _product;

    public HostileProductTests()
    {
        var (brokerEnd, productEnd) = SessionSockets.CreatePair();
        _broker = new TestBroker(brokerEnd, new BrokerSessionOptions { EventsCapacity = 64 * 1024, RepliesCapacity = 64 * 1024 });
        _product = new RawProduct(productEnd);
    }

    public void Dispose()
    {
        _product.Dispose();
        _broker.Dispose();
    }

    [Fact]
    public void Events_cannot_be_mapped_for_writing()
    {
        nuint length = (nuint)(RingLayout.ControlLength + _product.Sizes.EventsCapacity);
        nint mapped = Interop.mmap(0, length, Interop.PROT_READ | Interop.PROT_WRITE, Interop.MAP_SHARED, _product.Events, 0);
        Assert.Equal(Interop.MAP_FAILED, mapped);
        Assert.Equal(Interop.EPERM, Marshal.GetLastPInvokeError());
    }

    [Fact]
    public void Events_mapping_cannot_be_made_writable()
    {
        int result = Processes.TestInterop.mprotect((nint)_product.EventsRegion.Address, 4096, Interop.PROT_READ | Interop.PROT_WRITE);
        Assert.Equal(-1, result);
        Assert.Equal(13, Marshal.GetLastPInvokeError()); // EACCES
    }

    [Fact]
    public void Events_cannot_be_written_resized_or_unsealed()
    {
        byte one = 1;
        int descriptor = (int)_product.Events.DangerousGetHandle();
        Assert.Equal(-1, Processes.TestInterop.write(descriptor, &one, 1));
        Assert.Equal(Interop.EPERM, Marshal.GetLastPInvokeError());
        foreach (SafeFileHandle region in (SafeFileHandle[])[_product.Events, _product.Replies])
        {
            Assert.Equal(-1, Interop.ftruncate(region, 4096));
            Assert.Equal(Interop.EPERM, Marshal.GetLastPInvokeError());
            Assert.Equal(-1, Interop.ftruncate(region, 1 << 24));
            Assert.Equal(Interop.EPERM, Marshal.GetLastPInvokeError());
            Assert.Equal(-1, Interop.fcntl(region, Interop.F_ADD_SEALS, Interop.F_SEAL_WRITE));
            Assert.Equal(Interop.EPERM, Marshal.GetLastPInvokeError());
        }

        Assert.True(_broker.Endpoint.TryWriteEvent(FrameSamples.All().First().Frame));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(12)]
    [InlineData((64 * 1024) + 8)]
    public void Impossible_replies_head_breaks_the_session_only(ulong head)
    {
        _product.RepliesHead = head;
        Assert.True(_broker.Endpoint.HasReplies);
        Assert.Equal(RingReadStatus.Broken, _broker.Endpoint.TryReadReply(new byte[FrameLimits.MaxReplyFrame], out _));
        Assert.True(_broker.Endpoint.IsBroken);
        Assert.False(_broker.Endpoint.HasReplies);
        Assert.Equal(AskResult.Disconnected, _broker.Endpoint.Ask(TestBroker.Exec("/bin/true"), -1));
    }

    [Fact]
    public void Impossible_events_tail_breaks_the_session_at_the_next_question()
    {
        _product.EventsTail = 1 << 20;
        Assert.Equal(AskResult.Disconnected, _broker.Endpoint.Ask(TestBroker.Exec("/bin/true"), -1));
        Assert.True(_broker.Endpoint.IsBroken);
    }

    [Fact]
    public void Garbage_frames_are_counted_and_the_good_one_among_them_counts()
    {
        var random = new Random(7);
        for (int i = 0; i < 50; i++)
        {
            byte[] frame = new byte[random.Next(4, 100) * 8];
            random.NextBytes(frame);
            BitConverter.TryWriteBytes(frame, frame.Length);
            frame[4] = 17;
            frame[5] = 0;
            _product.Send(frame);
        }

        byte[] good = new byte[FrameLimits.MaxReplyFrame];
        _product.Send(good.AsSpan(0, ReplyCodec.Encode(good, new AuthReply(5, Verdict.Deny, false, 1, "yes"), nowNs: 1)));
        _broker.ReadAll();
        Assert.Equal(50, _broker.Malformed);
        Assert.Equal("yes", Assert.Single(_broker.Replies).Reason);
        Assert.False(_broker.Endpoint.IsBroken);
    }

    [Fact]
    public void Frames_of_the_other_direction_are_refused()
    {
        foreach ((_, byte[] frame) in FrameSamples.All().Where(sample => sample.Name is "auth-request" or "gap" or "closing" or "notify-exit"))
            _product.Send(frame);
        _broker.ReadAll();
        Assert.Equal(4, _broker.Malformed);
    }

    [Fact]
    public void Product_that_stops_reading_fills_its_ring_and_is_told_of_the_gap()
    {
        byte[] frame = FrameSamples.All().First(sample => sample.Name == "notify-exit").Frame;
        int delivered = 0;
        while (_broker.Endpoint.Deliver(frame))
            delivered++;
        for (int i = 0; i < 10; i++)
            Assert.False(_broker.Endpoint.Deliver(frame));
        AuthQuestion question = TestBroker.Exec("/" + new string('x', 2000));
        Assert.Equal(AskResult.QueueFull, _broker.Endpoint.Ask(question, -1));
        Assert.Equal(11ul, _broker.Endpoint.Lost);

        // It reads again: everything that was delivered, then the gap, then what comes after; the numbers tell the same.
        var reader = new RingReader(
            _product.EventsRegion.Ring, _product.Sizes.EventsCapacity, _product.EventsRegion.Counter(RingLayout.Head),
            _product.Region.Counter(RingLayout.PeerTail), FrameLimits.MaxEventFrame);
        byte[] buffer = new byte[FrameLimits.MaxEventFrame];
        for (int i = 1; i <= delivered; i++)
            Assert.Equal((ulong)i, Next(reader, buffer).Sequence);
        Assert.True(_broker.Endpoint.Deliver(frame));
        FrameHeader gap = Next(reader, buffer);
        Assert.Equal(FrameType.Gap, gap.Type);
        Assert.Equal((ulong)delivered + 12, gap.Sequence);
        Assert.Equal(FrameFault.None, GapCodec.TryDecode(buffer.AsSpan(0, (int)gap.Length), new Utf8Interning(), out NotifyEvent? told));
        Assert.Equal(11ul, told!.Lost);
        Assert.Equal([new EventLoss(EventKind.Exit, 0, 11)], told.Losses);
        Assert.Equal((ulong)delivered + 13, Next(reader, buffer).Sequence);
    }

    [Fact]
    public void Product_that_takes_no_descriptors_fills_its_socket_only()
    {
        using SafeFileHandle file = File.OpenHandle("/bin/true");
        int descriptor = (int)file.DangerousGetHandle();
        int sent = 0;
        DescriptorSendResult result;
        while ((result = _broker.Endpoint.SendDescriptor((ulong)sent, descriptor)) == DescriptorSendResult.Sent && sent < 100_000)
            sent++;
        Assert.Equal(DescriptorSendResult.QueueFull, result);
        Assert.InRange(sent, 50, 5_000);
        Assert.Equal(AskResult.QueueFull, _broker.Endpoint.Ask(TestBroker.Exec("/bin/true") with { HasDescriptor = true }, descriptor));
        // The question was not written: its descriptor was not passed.
        Assert.Equal(0ul, *_product.EventsRegion.Counter(RingLayout.Head));
    }

    [Fact]
    public void Product_that_floods_the_socket_and_the_wake_up_does_not_stop_the_broker()
    {
        byte[] junk = new byte[64];
        int messages = 0;
        using SafeFileHandle file = File.OpenHandle("/bin/true");
        while (DescriptorMessage.Send(_product.Socket, junk, [(int)file.DangerousGetHandle()]) == 0 && messages < 100_000)
            messages++;
        Assert.Equal(0, Interop.eventfd_write(_product.Wake, ulong.MaxValue - 2));
        Assert.Equal(AskResult.Asked, _broker.Endpoint.Ask(TestBroker.Exec("/bin/true") with { HasDescriptor = true }, (int)file.DangerousGetHandle()));
        Assert.False(_broker.Endpoint.IsBroken);
    }

    [Fact]
    public void Product_whose_sleep_word_lies_costs_a_system_call_at_most()
    {
        uint* sleeping = (uint*)(_product.Region.Address + RingLayout.ProductSleeping);
        uint* wake = (uint*)(_product.EventsRegion.Address + RingLayout.WakeWord);
        for (int i = 0; i < 1000; i++)
        {
            *sleeping = i % 2 == 0 ? *wake : uint.MaxValue;
            _broker.Endpoint.WakeIfSleeping();
        }

        Assert.Equal(501u, *wake);
    }

    [Fact]
    public void Product_that_is_gone_is_seen()
    {
        _product.Dispose();
        _broker.WaitUntil(() => _broker.HungUp);
        using SafeFileHandle file = File.OpenHandle("/bin/true");
        Assert.Equal(
            AskResult.Disconnected,
            _broker.Endpoint.Ask(TestBroker.Exec("/bin/true") with { HasDescriptor = true }, (int)file.DangerousGetHandle()));
    }

    [Fact]
    public void Product_that_is_gone_before_the_welcome_is_a_result_not_an_exception()
    {
        var (brokerEnd, productEnd) = SessionSockets.CreatePair();
        productEnd.Dispose();
        Assert.False(BrokerSessionEndpoint.TryCreate(brokerEnd, new BrokerSessionOptions(), TimeProvider.System, out _));
    }

    [Fact]
    public void Endpoint_that_is_disposed_answers_without_touching_its_memory()
    {
        byte[] frame = FrameSamples.All().First().Frame;
        _broker.Endpoint.Dispose();
        Assert.True(_broker.Endpoint.IsBroken);
        Assert.False(_broker.Endpoint.HasReplies);
        Assert.Equal(AskResult.Disconnected, _broker.Endpoint.Ask(TestBroker.Exec("/bin/true"), -1));
        Assert.False(_broker.Endpoint.Deliver(frame));
        Assert.False(_broker.Endpoint.TryWriteEvent(frame));
        Assert.Equal(RingReadStatus.Broken, _broker.Endpoint.TryReadReply(new byte[FrameLimits.MaxReplyFrame], out _));
        Assert.Equal(DescriptorSendResult.Disconnected, _broker.Endpoint.SendDescriptor(1, 0));
        _broker.Endpoint.WakeIfSleeping();
        _broker.Endpoint.SetSleeping(true);
        _broker.Endpoint.Close(ClosingReason.Shutdown, "");
    }

    private static FrameHeader Next(RingReader reader, byte[] buffer)
    {
        Assert.Equal(RingReadStatus.Frame, reader.TryRead(buffer, out int length));
        Assert.Equal(FrameFault.None, FrameHeader.TryRead(buffer.AsSpan(0, length), out FrameHeader header));
        return header;
    }

}
