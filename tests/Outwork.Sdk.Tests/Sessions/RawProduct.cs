using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Wire;
using Outwork.Platform.Linux;
using Outwork.Platform.Linux.Sessions;

namespace Outwork.Sdk.Tests.Sessions;

/// <summary>A product's end without manners: it holds the raw regions and does with them what a hostile product could.</summary>
internal sealed unsafe class RawProduct : IDisposable
{
    public SafeFileHandle Socket { get; }

    public RawProduct(SafeFileHandle socket)
    {
        Socket = socket;
        Span<byte> message = stackalloc byte[Welcome.Length];
        Span<int> passed = stackalloc int[Welcome.Descriptors];
        Assert.Equal(Welcome.Length, DescriptorMessage.Receive(socket, message, passed, wait: true));
        Assert.Equal(FrameFault.None, Welcome.TryDecode(message, out Welcome sizes));
        Sizes = sizes;
        Events = new SafeFileHandle(passed[0], ownsHandle: true);
        Replies = new SafeFileHandle(passed[1], ownsHandle: true);
        Wake = new SafeFileHandle(passed[2], ownsHandle: true);
        Region = SharedRegion.Map(Replies, sizes.RepliesCapacity, writable: true);
        EventsRegion = SharedRegion.Map(Events, sizes.EventsCapacity, writable: false);
    }

    public Welcome Sizes { get; }

    public SafeFileHandle Events { get; }

    public SafeFileHandle Replies { get; }

    public SafeFileHandle Wake { get; }

    public SharedRegion Region { get; }

    public SharedRegion EventsRegion { get; }

    public ref ulong RepliesHead => ref *Region.Counter(RingLayout.Head);

    public ref ulong EventsTail => ref *Region.Counter(RingLayout.PeerTail);

    public Span<byte> Ring => new(Region.Ring, Sizes.RepliesCapacity);

    public void Send(ReadOnlySpan<byte> frame)
    {
        frame.CopyTo(Ring[(int)(RepliesHead % (ulong)Sizes.RepliesCapacity)..]);
        Volatile.Write(ref RepliesHead, RepliesHead + (ulong)frame.Length);
    }

    public void Dispose()
    {
        EventsRegion.Dispose();
        Region.Dispose();
        Events.Dispose();
        Replies.Dispose();
        Wake.Dispose();
        Socket.Dispose();
    }
}
