using Outwork.Broker.Sessions;
using Outwork.Contracts.Events;
using Outwork.Contracts.Wire;

namespace Outwork.Broker.Tests.Verdicts.Support;

/// <summary>The transport of a product that the test plays: it keeps what it was asked.</summary>
internal sealed class FakeProduct : ISessionTransport
{
    public FakeProduct(string name)
    {
        Session = new ProductSession(name, 4_000, this);
        Session.Subscribe(new SubscribeRequest(name, SubscribeRequest.Mask([EventKind.Exec, EventKind.Open]), 0, WantsDescriptor: true, 1));
    }

    public ProductSession Session { get; }

    /// <summary>Every question, with the handle that came beside it.</summary>
    public List<(AuthQuestion Question, int Handle)> Questions { get; } = [];

    public AskOutcome Outcome { get; set; }

    public Action<FakeProduct, AuthQuestion, int>? Asked { get; set; }

    public ulong Lost { get; set; }

    public bool HasAmpleRoom { get; set; } = true;

    /// <summary>Every event that it was told.</summary>
    public List<NotifyEvent> Told { get; } = [];

    public AskOutcome Ask(AuthQuestion question, int handle)
    {
        if (Outcome != AskOutcome.Asked) return Outcome;
        Questions.Add((question, handle));
        Asked?.Invoke(this, question, handle);
        return AskOutcome.Asked;
    }

    public bool Deliver(ReadOnlySpan<byte> frame)
    {
        Assert.Equal(FrameFault.None, NotifyCodec.TryDecode(frame, new Utf8Interning(), out var told));
        Told.Add(told!);
        return true;
    }

    public void CountLost(ulong events) => Lost += events;

    public void TellGap() { }

    public void Wake() { }
}
