using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;
using Outwork.Platform.Linux.Sessions;
using Outwork.Platform.Linux.Supervision;
using Outwork.Sdk.Tests.Processes;

namespace Outwork.Sdk.Tests.Sessions;

/// <summary>A product in a process of its own that outlives its brokers. The test plays the warden.</summary>
public sealed class SessionRenewalTests : IDisposable
{
    private static readonly BrokerSessionOptions Rings = new() { EventsCapacity = 64 * 1024, RepliesCapacity = 64 * 1024 };
    private readonly SessionRenewal _warden;
    private readonly SpawnedProduct _product;
    private TestBroker _broker;

    public SessionRenewalTests()
    {
        var (brokerEnd, productEnd) = SessionSockets.CreatePair();
        _warden = SessionRenewal.Create(out SafeFileHandle renewalEnd, out SafeFileHandle offerEnd);
        _warden.ReadOffer();
        Assert.False(_warden.IsOffered);
        _broker = new TestBroker(brokerEnd, Rings);
        _product = SpawnedProduct.Start([BuiltPrograms.AnswerAtOnce], productEnd, renewalEnd, offerEnd);
        _broker.WaitForSubscription();
    }

    public void Dispose()
    {
        _warden.Dispose();
        _broker.Dispose();
        _product.Dispose();
    }

    [Fact]
    public void Product_goes_on_with_one_broker_after_the_other_in_the_same_process()
    {
        _warden.ReadOffer();
        Assert.True(_warden.IsOffered);
        Assert.Null(_warden.OfferHandle);
        for (int generation = 0; generation < 5; generation++)
        {
            // The last of these is answered to nobody, or not at all: never to the next broker.
            for (int i = 0; i < 20; i++) _broker.Post(TestBroker.Exec("/old"));
            _broker.Dispose();
            NextBroker();
            Assert.Empty(_broker.Replies);
            for (int i = 0; i < 100; i++)
                Assert.Equal(Verdict.Allow, _broker.Ask(TestBroker.Exec($"/new/{i}")).Verdict);
            Assert.Equal(Enumerable.Range(1, 100).Select(i => (ulong)i), _broker.Replies.Select(reply => reply.RequestId));
            Assert.Equal(0, _broker.Malformed);
        }
    }

    [Fact]
    public void Broker_that_ends_before_it_welcomes_is_passed_over()
    {
        _broker.Dispose();
        var (gone, product) = SessionSockets.CreatePair();
        gone.Dispose();
        Assert.True(_warden.Send(product));
        product.Dispose();
        NextBroker();
        Assert.Equal(Verdict.Allow, _broker.Ask(TestBroker.Exec("/bin/true")).Verdict);
    }

    [Fact]
    public void Product_that_is_told_to_close_ends_and_waits_for_nothing()
    {
        _broker.Endpoint.Close(ClosingReason.Shutdown, "stopping");
        Assert.Equal(0, _product.WaitForExit(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Product_ends_when_the_warden_is_gone_too()
    {
        _broker.Dispose();
        _warden.Dispose();
        Assert.Equal(3, _product.WaitForExit(TimeSpan.FromSeconds(10)));
    }

    private void NextBroker()
    {
        var (brokerEnd, productEnd) = SessionSockets.CreatePair();
        using (productEnd) Assert.True(_warden.Send(productEnd));
        _broker = new TestBroker(brokerEnd, Rings);
        _broker.WaitForSubscription();
        Assert.Equal("answer-at-once", _broker.Subscription!.Name);
    }
}
