using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;
using Outwork.Sdk;

namespace Outwork.Kernel.Tests;

/// <summary>A product that stands still costs the machine a few deadlines, and is asked again when it has recovered.</summary>
public sealed class DemotionTests
{
    private const int DeadlineMs = 150;

    [Theory]
    [InlineData(OnFailure.Open, 0)]
    [InlineData(OnFailure.Closed, 126)]
    public void Product_that_stands_still_is_demoted_waits_for_nobody_and_returns(OnFailure onFailure, int onFailureExit)
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        using var recovered = new ManualResetEventSlim();
        var product = new TestProduct("guard", (_, _) => { recovered.Wait(TimeSpan.FromSeconds(20)); return Judgement.Deny("recovered", cacheable: false); });
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(onFailure, DeadlineMs), product);

        BrokerUnderTest.Eventually(
            () =>
            {
                Assert.Equal(onFailureExit, TestProcess.Run("/bin/sh", "-c", program).ExitCode);
                return State(broker) == "demoted";
            },
            "the demotion", seconds: 60);

        // Nobody waits any more.
        for (int i = 0; i < 10; i++) Assert.Equal(onFailureExit, TestProcess.Run("/bin/sh", "-c", program).ExitCode);
        var decisions = broker.Decisions().Where(d => d.Failure == VerdictFailure.ProductDemoted).ToList();
        Assert.True(decisions.Count >= 10);
        Assert.All(decisions, static d => Assert.InRange(d.Microseconds, 0, DeadlineMs * 1_000 / 2));

        recovered.Set();
        BrokerUnderTest.Eventually(
            () =>
            {
                TestProcess.Run("/bin/sh", "-c", program);
                return State(broker) == "judging";
            },
            "the return", seconds: 60);
        Assert.True(product.Asked.Count(static q => q.IsShadow) >= 3);
        Assert.Equal(1ul, broker.Counter("products.demoted"));
        Assert.Equal(1ul, broker.Counter("products.returned"));
        Assert.Equal(126, TestProcess.Run("/bin/sh", "-c", program).ExitCode);
        Assert.Contains(broker.Decisions(), static d => d is { Source: VerdictSource.Product, Verdict: Verdict.Deny });
    }

    [Fact]
    public void Product_that_is_killed_each_time_it_judges_is_demoted_across_its_sessions()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(OnFailure.Closed, deadlineMs: 30_000));
        for (int crashes = 0; crashes < 8; crashes++)
        {
            using var product = broker.Start("guard", StuckProduct.Program);
            BrokerUnderTest.Eventually(() => broker.Status().Products.Any(static p => p is { Name: "guard", State: "judging" }), $"session {crashes}");
            var waiting = TestProcess.Start("/", "/bin/sh", "-c", program);
            BrokerUnderTest.Eventually(() => broker.Counter("pending") == 1, "the question");
            product.Kill();
            Assert.True(waiting.WaitForExit(TimeSpan.FromSeconds(10)));
            Assert.Equal(126, waiting.ExitCode);
            product.WaitForExit(TimeSpan.FromSeconds(5));
        }

        using var last = broker.Start("guard", StuckProduct.Program);
        BrokerUnderTest.Eventually(() => State(broker) == "demoted", "the demoted session");
        Assert.Equal(126, TestProcess.Run("/bin/sh", "-c", program).ExitCode);
        Assert.Equal(VerdictFailure.ProductDemoted, broker.Decisions().MaxBy(static d => d.Id)!.Failure);
        last.Kill();
        last.WaitForExit(TimeSpan.FromSeconds(5));
    }

    private static string State(BrokerUnderTest broker) => broker.Status().Products.FirstOrDefault(static p => p.Name == "guard")?.State ?? "";
}
