using Outwork.Agent.Tests.Support;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Tests.Broker;

public sealed class BrokerLinkTests
{
    [Fact]
    public async Task Requests_under_way_together_get_their_own_responses()
    {
        await using var broker = new FakeBroker { Answer = request => new ControlResponse { Ok = true, PolicyGeneration = request.DecisionId } };
        await using var link = new RunningLink(broker);
        Task<ControlResponse>[] asked =
            [.. Enumerable.Range(1, 100).Select(id => link.Link.SendAsync(new ControlRequest { Operation = "explain", DecisionId = (ulong)id }, CancellationToken.None))];
        ControlResponse[] answers = await Task.WhenAll(asked);
        Assert.Equal(Enumerable.Range(1, 100).Select(id => (ulong)id), answers.Select(answer => answer.PolicyGeneration));
    }

    [Fact]
    public async Task Broker_that_hangs_up_is_told_to_every_waiter_and_ends_the_link()
    {
        await using var broker = new FakeBroker { Hold = new TaskCompletionSource() };
        await using var link = new RunningLink(broker);
        Task<ControlResponse> waiting = link.Link.SendAsync(new ControlRequest { Operation = "status" }, CancellationToken.None);
        broker.HangUp();
        Assert.Equal("broker-unavailable", (await waiting).Code);
        await link.Running.WaitAsync(TimeSpan.FromSeconds(10));
        ControlResponse later = await link.Link.SendAsync(new ControlRequest { Operation = "status" }, CancellationToken.None);
        Assert.Equal("broker-unavailable", later.Code);
    }

    [Fact]
    public async Task Broker_that_does_not_come_back_is_told_as_protection_that_is_off()
    {
        var time = new MovedTime();
        await using var broker = new FakeBroker();
        await using var link = new RunningLink(broker, time: time);
        broker.HangUp();
        await link.Running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        var request = new ControlRequest { Operation = "status" };

        ControlResponse soon = await link.Link.SendAsync(request, CancellationToken.None);
        time.Moved = TimeSpan.FromSeconds(11);
        ControlResponse later = await link.Link.SendAsync(request, CancellationToken.None);

        Assert.Equal(("broker-unavailable", "broker-unavailable"), (soon.Code, later.Code));
        Assert.Contains("try again in a few seconds", soon.Error);
        Assert.StartsWith("Protection is OFF: nothing is judged and everything runs.", later.Error);
    }

    [Fact]
    public async Task Silent_broker_costs_the_timeout_and_its_late_answer_is_not_given_to_another()
    {
        var hold = new TaskCompletionSource();
        await using var broker = new FakeBroker { Hold = hold, Answer = request => new ControlResponse { Ok = true, PolicyGeneration = request.DecisionId } };
        await using var link = new RunningLink(broker, TimeSpan.FromMilliseconds(200));
        ControlResponse given = await link.Link.SendAsync(new ControlRequest { Operation = "explain", DecisionId = 1 }, CancellationToken.None);
        Assert.Equal("broker-unavailable", given.Code);
        broker.Hold = null;
        hold.SetResult();
        ControlResponse next = await link.Link.SendAsync(new ControlRequest { Operation = "explain", DecisionId = 2 }, CancellationToken.None);
        Assert.Equal(2u, next.PolicyGeneration);
    }

    private sealed class MovedTime : TimeProvider
    {
        public TimeSpan Moved { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Moved.TotalSeconds * TimestampFrequency);
    }
}
