using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;
using Outwork.Platform.Linux.Supervision;
using Outwork.Sdk;

namespace Outwork.Kernel.Tests;

/// <summary>A broker is killed, and the next one knows what it decided.</summary>
public sealed class RestartTests
{
    [Fact]
    public void Killed_brokers_decisions_and_denials_are_known_to_the_next_one()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string allowed = mount.CopyProgram("/bin/true", "good");
        string denied = mount.Write("bad", "#!/bin/sh\n# MALICIOUS\n", executable: true);
        using var verdicts = VerdictMemoryDescriptor.Create();
        var first = TestProduct.Denying("MALICIOUS");
        GuardedMount.Settle();
        DecisionRecord[] before;
        using (var broker = new BrokerUnderTest(mount, Policies.AskGuard(), verdicts, [first]))
        {
            Assert.Equal(126, TestProcess.Run("/bin/sh", "-c", denied).ExitCode);
            Assert.Equal(0, TestProcess.Run("/bin/sh", "-c", allowed).ExitCode);
            var decision = broker.DecisionAbout(denied);
            Assert.Equal((Verdict.Deny, VerdictSource.Product), (decision.Verdict, decision.Source));
            before = broker.Decisions(1_000);
            broker.Process.Kill();
        }

        // The product of the next one was not here before: it would be asked, were the denial not remembered. A version makes it
        // the same content; without one it is that of another process, so the product stays away.
        using var next = new BrokerUnderTest(mount, Policies.AskGuard(), verdicts, []);

        Assert.Equal(126, TestProcess.Run("/bin/sh", "-c", denied).ExitCode);
        Assert.Equal(0, TestProcess.Run("/bin/sh", "-c", allowed).ExitCode);
        BrokerUnderTest.Eventually(() => next.Decisions(1_000).Any(d => d.Id > before[^1].Id && d.Path == denied), "the denial's record");
        var after = next.Decisions(1_000);
        Assert.Equivalent(before, after[..before.Length], strict: true);
        var again = after.First(d => d.Id > before[^1].Id && d.Path == denied);
        Assert.Equal((Verdict.Deny, VerdictSource.Cache), (again.Verdict, again.Source));
        Assert.Equal(before.First(d => d.Path == denied).Id, again.CachedFrom);
        Assert.Equal(VerdictFailure.ProductAbsent, after.First(d => d.Id > before[^1].Id && d.Path == allowed).Failure);
        Assert.Equal(after.Select(d => d.Id).Distinct().Count(), after.Length);
    }

    [Fact]
    public void Demoted_product_is_demoted_still_when_the_broker_was_killed_and_earns_its_way_back()
    {
        const int DeadlineMs = 150;
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        using var verdicts = VerdictMemoryDescriptor.Create();
        using var recovered = new ManualResetEventSlim();
        using (var broker = new BrokerUnderTest(mount, Policies.AskGuard(OnFailure.Closed, DeadlineMs), verdicts, [Product()]))
        {
            BrokerUnderTest.Eventually(
                () =>
                {
                    TestProcess.Run("/bin/sh", "-c", program);
                    return broker.Status().Products.Single().State == "demoted";
                },
                "the demotion", seconds: 60);
            broker.Process.Kill();
        }

        using var next = new BrokerUnderTest(mount, Policies.AskGuard(OnFailure.Closed, DeadlineMs), verdicts, [Product()]);
        BrokerUnderTest.Eventually(() => next.Status().Products.Any(static p => p is { Name: "guard", State: "demoted" }), "the demoted session");
        Assert.Equal(1, next.Status().Products.Single().Demotions);
        for (int i = 0; i < 5; i++) Assert.Equal(126, TestProcess.Run("/bin/sh", "-c", program).ExitCode);
        var decisions = next.Decisions().Where(static d => d.Failure == VerdictFailure.ProductDemoted && d.Path.EndsWith("/true", StringComparison.Ordinal)).TakeLast(5);
        Assert.All(decisions, static d => Assert.InRange(d.Microseconds, 0, DeadlineMs * 1_000 / 2));
        Assert.DoesNotContain(next.Decisions(), d => d.Failure == VerdictFailure.DeadlineMissed && d.Id > decisions.First().Id);

        recovered.Set();
        BrokerUnderTest.Eventually(
            () =>
            {
                TestProcess.Run("/bin/sh", "-c", program);
                return next.Status().Products.Single().State == "judging";
            },
            "the return", seconds: 60);
        Assert.Equal(0, TestProcess.Run("/bin/sh", "-c", program).ExitCode);

        TestProduct Product() => new("guard", (_, _) => { recovered.Wait(TimeSpan.FromSeconds(20)); return Judgement.Allow("recovered", cacheable: false); });
    }
}
