using Outwork.Broker.Sessions;
using Outwork.Contracts.Events;
using Outwork.Contracts.Wire;

namespace Outwork.Broker.Tests.Verdicts.Support;

/// <summary>The transport of a product that the test plays: it keeps what it was asked.</summary>
internal sealed class FakeProduct : ISessionTransport
{
    private readonly Utf8Interning _texts = new();

    public FakeProduct(string name, params ReadOnlySpan<EventKind> told)
    {
        Session = new ProductSession(name, 4_000, this);
        Session.Subscribe(new SubscribeRequest(name, SubscribeRequest.Mask([EventKind.Exec, EventKind.Open]), SubscribeRequest.Mask(told), WantsDescriptor: true, 1));
    }

    public ProductSession Session { get; }

    /// <summary>Every question, with the handle that came beside it.</summary>
    public List<(AuthQuestion Question, int Handle)> Questions { get; } = [];

    public AskOutcome Outcome { get; set; }

    public Action<FakeProduct, AuthQuestion, int>? Asked { get; set; }

    public ulong Lost { get; set; }

    public bool HasAmpleRoom { get; set; } = true;

    public AskOutcome Ask(AuthQuestion question, int handle)
    {
        if (Outcome != AskOutcome.Asked) return Outcome;
        Questions.Add((question, handle));
        Asked?.Invoke(this, question, handle);
        return AskOutcome.Asked;
    }

    public int PercentUsed { get; set; }

    /// <summary>Every event that was delivered.</summary>
    public List<NotifyEvent> Events { get; } = [];

    /// <summary>What was lost or shed.</summary>
    public LossAccount Losses { get; } = new();

    public bool Deliver(ReadOnlySpan<byte> frame, int pid)
    {
        Assert.Equal(FrameFault.None, NotifyCodec.TryDecode(frame, _texts, out var e));
        Events.Add(e!);
        return true;
    }

    public void CountLost(EventKind kind, int pid, ulong events)
    {
        Lost += events;
        Losses.Add(kind, pid, events);
    }

    public void TellGap() { }

    public void Wake() { }
}
