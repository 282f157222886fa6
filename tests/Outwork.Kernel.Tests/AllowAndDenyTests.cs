using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;

namespace Outwork.Kernel.Tests;

public sealed class AllowAndDenyTests
{
    [Theory]
    [MemberData(nameof(GuardedMount.FileSystems), MemberType = typeof(GuardedMount))]
    public void Program_that_the_product_allows_runs_and_the_decision_is_recorded(string fileSystem)
    {
        using var mount = GuardedMount.Create(fileSystem);
        string program = mount.CopyProgram("/bin/echo", "echo");
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(), TestProduct.Denying("MALICIOUS"));

        var run = TestProcess.Run(program, "hello");

        Assert.Equal("hello\n", run.Output);
        var decision = broker.DecisionAbout(program);
        Assert.Equal((Verdict.Allow, VerdictSource.Product, "ask-guard"), (decision.Verdict, decision.Source, decision.Rule));
        Assert.Equal("guard", Assert.Single(decision.Votes).Product);
    }

    [Theory]
    [MemberData(nameof(GuardedMount.FileSystems), MemberType = typeof(GuardedMount))]
    public void Script_that_the_product_denies_is_refused_with_EPERM(string fileSystem)
    {
        using var mount = GuardedMount.Create(fileSystem);
        string script = mount.Write("bad.sh", "#!/bin/sh\necho MALICIOUS\n", executable: true);
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(), TestProduct.Denying("MALICIOUS"));

        var run = TestProcess.Run("/bin/sh", "-c", script);

        Assert.Equal(126, run.ExitCode);
        Assert.Contains("Operation not permitted", run.Errors);
        var decision = broker.DecisionAbout(script);
        Assert.Equal(Verdict.Deny, decision.Verdict);
        Assert.Equal("contains MALICIOUS", decision.Votes[0].Reason);
    }
}
