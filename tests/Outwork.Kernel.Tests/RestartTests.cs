using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;
using Outwork.Platform.Linux.Supervision;

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
}
