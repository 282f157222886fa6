using Outwork.Contracts.Control;
using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;

namespace Outwork.Kernel.Tests;

/// <summary>What is told of products that do not judge.</summary>
public sealed class IdleProductTests
{
    [Fact]
    public void Product_without_a_process_or_a_subscription_is_in_the_status_with_the_reason()
    {
        using var mount = GuardedMount.Create("tmpfs");
        using var broker = new BrokerUnderTest(mount, Policies.AskNobody());

        broker.TellDown("refused", isFinal: true, "its manifest");
        broker.TellDown("crashing", isFinal: false, "ended by signal 6");
        broker.TellDown("mute", isFinal: false, "ended with code 1");
        using var socket = broker.OpenSocket("mute");

        BrokerUnderTest.Eventually(() => broker.Status().Products.Count(p => p.Reason.Length != 0) == 3 && Find(broker, "mute").State == "connecting", "three idle products");
        Assert.Equal(("not-started", "its manifest"), (Find(broker, "refused").State, Find(broker, "refused").Reason));
        Assert.Equal(("restarting", "it ended by signal 6; it is started again"), (Find(broker, "crashing").State, Find(broker, "crashing").Reason));
        Assert.Equal("it has not subscribed since it was started again; before, it ended with code 1", Find(broker, "mute").Reason);
    }

    [Fact]
    public void Policy_that_asks_a_product_that_is_not_there_is_applied_and_the_product_named()
    {
        using var mount = GuardedMount.Create("tmpfs");
        using var broker = new BrokerUnderTest(mount, Policies.AskNobody());

        var response = broker.Ask(new ControlRequest { Operation = "policy-apply", Policy = Policies.AskGuard(OnFailure.Open) });

        Assert.NotEqual(0u, response.PolicyGeneration);
        Assert.Equal(["guard"], response.NotSubscribed!);
    }

    private static ProductStatus Find(BrokerUnderTest broker, string name) => broker.Status().Products.Single(p => p.Name == name);
}
